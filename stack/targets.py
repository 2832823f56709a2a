"""The sections of the clouds: where an EKS or a GKE platform is."""

from enum import Enum

from pydantic import Field, ValidationInfo, field_validator

from stack import values as forms
from stack.section import Section


class NatMode(str, Enum):
    """How many NAT gateways: one for all zones, cheaper, or one in each, so that a zone's loss stays that zone's."""

    SINGLE = "single"
    ZONAL = "zonal"


class FrontDoor(str, Enum):
    """Who reaches the load balancers: the network and what is peered with it, or everybody, by HTTPS alone."""

    PRIVATE = "private"
    PUBLIC = "public"


class GkeMode(str, Enum):
    """Who runs the nodes of a GKE cluster: Google, or a node pool of ours."""

    AUTOPILOT = "autopilot"
    STANDARD = "standard"


class GkeChannel(str, Enum):
    """How soon a Kubernetes version reaches the cluster."""

    REGULAR = "REGULAR"
    STABLE = "STABLE"


def certified(certificate: str | None, model: ValidationInfo) -> str | None:
    """Nothing is served to everybody in the clear."""
    if certificate is None and model.data.get("front_door") is FrontDoor.PUBLIC:
        raise ValueError
    return certificate


class EksSettings(Section):
    """Where an EKS platform is; what has no default cannot be guessed, and what is unset follows the environment."""

    account: forms.AwsAccount
    region: forms.AwsRegion
    zones: forms.AwsZones
    public_access_cidrs: forms.Callers
    admin_roles: forms.AwsRoles
    cidr: forms.VpcBlock = "10.64.0.0/16"
    nat: NatMode | None = None
    deletion_protection: forms.Switch | None = None
    secrets: forms.SecretNames = []
    front_door: FrontDoor = FrontDoor.PRIVATE
    certificate: forms.AwsCertificate | None = Field(default=None, validate_default=True)

    _certified = field_validator("certificate")(certified)


class GkeSettings(Section):
    """Where a GKE platform is; what has no default cannot be guessed, and what is unset follows the environment."""

    project: forms.GcpProject
    project_number: forms.GcpNumber
    region: forms.GcpRegion
    kms_key: forms.GcpKey
    vault_key: forms.GcpKey | None = None
    mode: GkeMode = GkeMode.AUTOPILOT
    channel: GkeChannel = GkeChannel.REGULAR
    cidr: forms.GkeBlock = "10.64.0.0/14"
    deletion_protection: forms.Switch | None = None
    secrets: forms.SecretNames = []
    front_door: FrontDoor = FrontDoor.PRIVATE
    certificate: forms.GcpCertificate | None = Field(default=None, validate_default=True)

    _certified = field_validator("certificate")(certified)
