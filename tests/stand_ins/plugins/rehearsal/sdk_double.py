"""A wheel with two generated classes, in the SDK's own form."""

from pathlib import Path
from zipfile import ZipFile

VPC = """
@pulumi.input_type
class VpcArgs:
    def __init__(__self__, *,
                 cidr_block: pulumi.Input[_builtins.str],
                 enable_dns: pulumi.Input[Optional[_builtins.bool]] = None,
                 ttl: pulumi.Input[Optional[_builtins.int]] = None,
                 tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
                 rules: pulumi.Input[Optional[Sequence[pulumi.Input['VpcRuleArgs']]]] = None):
        pass

    @_builtins.property
    @pulumi.getter(name="cidrBlock")
    def cidr_block(self) -> pulumi.Input[_builtins.str]:
        return pulumi.get(self, "cidr_block")

    @cidr_block.setter
    def cidr_block(self, value: pulumi.Input[_builtins.str]):
        pulumi.set(self, "cidr_block", value)


@pulumi.input_type
class _VpcState:
    def __init__(__self__, *,
                 arn: pulumi.Input[Optional[_builtins.str]] = None):
        pass


@pulumi.type_token("aws:ec2/vpc:Vpc")
class Vpc(pulumi.CustomResource):
    pass
"""
INPUTS = """
@pulumi.input_type
class VpcRuleArgs:
    def __init__(__self__, *,
                 port: pulumi.Input[_builtins.int]):
        pass
"""


def wheel(folder: Path) -> Path:
    """Write the wheel."""
    file = folder / "pulumi_aws-1.0.0-py3-none-any.whl"
    with ZipFile(file, "w") as archive:
        archive.writestr("pulumi_aws/ec2/vpc.py", VPC)
        archive.writestr("pulumi_aws/ec2/_inputs.py", INPUTS)
        archive.writestr(
            "pulumi_aws/provider.py", "\nclass ProviderArgs:\n    def __init__(__self__, *, region: str = None):\n        pass\n"
        )
    return file
