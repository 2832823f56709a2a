"""The settings of a stack: the only reader of `pulumi.Config`. Everything wrong is said at once, a line for each mistake.

Pulumi.yaml declares the keys; a stack file gives what differs. What is not given stays unset: a component keeps its default.
"""

import json
import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, get_args

import pulumi
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from components.secrets.levels import SecretsLevel
from stack import levels
from stack import values as forms
from stack.values import nearest

NAMESPACE = "causeway"
REPOSITORY = Path(__file__).resolve().parent.parent
SECRET = ("seed", "escrow", "gitCredential")  # never shown, given in the clear or not


class Target(str, Enum):
    """Where the platform runs."""

    MINIKUBE = "minikube"
    EKS = "eks"
    GKE = "gke"


class Environment(str, Enum):
    """What the platform is for."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


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


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, str_strip_whitespace=True)


class ShopSettings(_Model):
    """The sample shop; what is unset is the Shop component's default."""

    replicas: forms.PodCount | None = None
    storage_size: forms.Quantity | None = None
    report_schedule: forms.Cron | None = None
    time_zone: forms.TimeZone | None = None


class MonitoringSettings(_Model):
    """Monitoring; what is unset is the target's, or the MonitoringStack component's default."""

    enabled: forms.Switch | None = None
    scrape_interval: forms.Interval | None = None
    evaluation_interval: forms.Interval | None = None
    retention: forms.Duration | None = None
    storage_size: forms.Quantity | None = None
    values: dict[str, Any] | None = Field(default=None, description="values of the chart, over ours")


class RotationSettings(_Model):
    """How often a Secret got a new value, and when last; `causeway secrets rotate` writes both."""

    version: int = Field(default=1, strict=True, ge=1, description="a whole number from 1")
    rotated: forms.Moment | None = None


class SecretsSettings(_Model):
    """The level of the secrets ladder; `candidate` and `previous` are there while `causeway secrets migrate` is under way."""

    level: SecretsLevel = SecretsLevel.NATIVE
    candidate: SecretsLevel | None = None
    previous: SecretsLevel | None = None
    rotations: dict[str, RotationSettings] = Field(default={}, description="Secret name to version and rotated")

    @property
    def in_use(self) -> tuple[SecretsLevel, ...]:
        """The levels whose back ends have to be there, each once."""
        return tuple(dict.fromkeys(level for level in (self.level, self.candidate, self.previous) if level))


class RepositorySettings(_Model):
    """A Git repository outside the cluster."""

    url: forms.GitAddress
    username: str | None = None
    revision: str | None = None
    path: str | None = None


class SignOnSettings(_Model):
    """Single sign-on for Argo CD by OpenID Connect."""

    name: str
    issuer: str
    client_id: str
    secret: forms.Name
    admin_group: str


class GitOpsSettings(_Model):
    """Argo CD; what is unset is the target's, or the GitOpsStack component's default.

    Where it is there (`Settings.has_gitops`), it owns what `gitops/` deploys, and this program no longer does.
    """

    enabled: forms.Switch | None = None
    repository: RepositorySettings | None = Field(default=None, description="a mapping of url, username, revision, path")
    sign_on: SignOnSettings | None = Field(default=None, description="a mapping of name, issuer, clientId, secret, adminGroup")
    poll_interval: forms.Interval | None = None
    values: dict[str, Any] | None = Field(default=None, description="values of the chart, over ours")


def certified(certificate: str | None, model: ValidationInfo) -> str | None:
    """Nothing is served to everybody in the clear."""
    if certificate is None and model.data.get("front_door") is FrontDoor.PUBLIC:
        raise ValueError
    return certificate


class EksSettings(_Model):
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


class GkeSettings(_Model):
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


class Settings(_Model):
    """One stack's settings, read and checked."""

    platform: Target
    environment: Environment
    team: forms.Name
    domain: forms.Domain
    kubeconfig: str
    context: Annotated[str, forms.text_like(r"^\S+$", "the name of a context in the kubeconfig")]
    seed: forms.Seed
    shop: ShopSettings
    monitoring: MonitoringSettings
    gitops: GitOpsSettings
    secrets: SecretsSettings
    escrow: str = Field(description="pairs of private key and certificate in PEM, given with --secret")
    git_credential: str = Field(description="a password or token, or a private key for SSH, given with --secret")
    eks: EksSettings | None
    gke: GkeSettings | None

    @property
    def has_monitoring(self) -> bool:
        """As `monitoring.enabled` says; left out, wherever pods run: not where KWOK plays the node, as `scripts/env` then says."""
        return self._pods_run if self.monitoring.enabled is None else self.monitoring.enabled

    @property
    def has_gitops(self) -> bool:
        """As `gitops.enabled` says; left out, on minikube where pods run: a cloud has first to be told where its Git repository is."""
        return self.platform is Target.MINIKUBE and self._pods_run if self.gitops.enabled is None else self.gitops.enabled

    @property
    def _pods_run(self) -> bool:
        return self.platform is not Target.MINIKUBE or os.environ.get("CAUSEWAY_SIMULATED") != "true"


SECTIONS: Mapping[str, type[_Model]] = {
    "shop": ShopSettings,
    "monitoring": MonitoringSettings,
    "gitops": GitOpsSettings,
    "secrets": SecretsSettings,
    "eks": EksSettings,
    "gke": GkeSettings,
}


def load() -> Settings:
    """Read and check the stack's settings; raises `pulumi.RunError` that lists every mistake."""
    # pulumi.Config answers for names that it is asked for; only the map behind it shows a misspelt one.
    settings = parse(pulumi.runtime.config.CONFIG.get())
    _check_run(settings)
    return settings


def parse(config: Mapping[str, str]) -> Settings:
    """Check a map of `causeway:<key>` to text; an object arrives as JSON text. Other namespaces are not ours, but for a misspelt one."""
    values = {key.partition(":")[2]: _decoded(value) for key, value in config.items() if key.startswith(f"{NAMESPACE}:")}
    lines = [_misplaced(key) for key in config if not key.startswith(f"{NAMESPACE}:") and nearest(key.partition(":")[0], [NAMESPACE])]
    # Pulumi.yaml has to declare an empty default for each section; a cloud's own counts as given on that cloud alone.
    for cloud in (Target.EKS.value, Target.GKE.value):
        if values.get(cloud) == {} and values.get("platform") != cloud:
            values[cloud] = None
    try:
        settings = Settings.model_validate(values)
        _check_levels(settings)
    except ValidationError as invalid:
        lines += [_explain(error) for error in invalid.errors(include_url=False)]
    if lines:
        raise pulumi.RunError("\n".join(lines))
    return settings


def pinned_images() -> dict[str, str]:
    """Image references by short name, from versions.json: the only place where a version is written."""
    return dict(_versions()["images"])


def pinned_charts() -> dict[str, Any]:
    """Version and repository of each chart by name."""
    return dict(_versions()["charts"])


def pinned_plugin(package: str) -> str:
    """The version of a provider's plugin."""
    return str(_versions()["plugins"][package])


def pinned_cloud(target: Target) -> str:
    """The Kubernetes version of a cloud that has to be told one."""
    return str(_versions()["clouds"][target.value])


def _versions() -> dict[str, Any]:
    return dict(json.loads((REPOSITORY / "components" / "versions.json").read_text()))


def seed(settings: Settings) -> pulumi.Output[str]:
    """Secret zero of SecretsStore level 1: the stack's encrypted setting, else the seed file that `scripts/up` makes once.

    Whoever runs a shared stack, in CI or at home, has to derive the same values, so a cloud's stack keeps it in its settings.
    """
    if settings.seed:
        return pulumi.Output.secret(settings.seed)
    path = state_directory() / "seed"
    if not path.is_file():
        is_made = settings.platform is Target.MINIKUBE
        fix = "./scripts/up makes it" if is_made else "openssl rand -hex 32 | pulumi config set --secret causeway:seed"
        raise pulumi.RunError(f"{path}: given nothing, needed: the seed of all generated secrets; fix: {fix}")
    return pulumi.Output.secret(path.read_text().strip())


def kubeconfig_path(settings: Settings) -> str:
    """The kubeconfig that the provider reads: the one given, relative to the repository, or the local cluster's own."""
    return str(REPOSITORY / settings.kubeconfig) if settings.kubeconfig else str(state_directory() / "kubeconfig")


def state_directory() -> Path:
    """Where a local stack keeps seed and kubeconfig: CAUSEWAY_HOME, default `.causeway` in the repository."""
    return Path(os.environ.get("CAUSEWAY_HOME") or REPOSITORY / ".causeway").resolve()


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _explain(error: ErrorDetails) -> str:
    """One line: path, what was given, what is allowed, the nearest right key, the fix."""
    location = [str(part) for part in error["loc"]]
    model, key = _place(location)
    path = f"{NAMESPACE}:{'.'.join(location)}"
    keys = sorted(to_camel(name) for name in model.model_fields)
    if error["type"] == "extra_forbidden":
        return f"{path}: there is no such setting{nearest(key, keys)}; allowed: {', '.join(keys)}; fix: pulumi config rm --path '{path}'"
    if error["type"] == "missing":
        return f"{path}: given nothing; allowed: {_allowed(model, key)}; fix: pulumi config set --path '{path}' <value>"
    plain = "nothing" if error["input"] is None else repr(error["input"])
    given = "[secret]" if location[0] in SECRET or pulumi.runtime.is_config_secret(f"{NAMESPACE}:{location[0]}") else plain
    near = nearest(str(error["input"]), _choices(model, key)) if error["type"] == "enum" else ""
    return f"{path}: given {given}{near}; allowed: {_allowed(model, key)}; fix: pulumi config set --path '{path}' <value>"


def _misplaced(key: str) -> str:
    """One line for a setting of a namespace that is nearly ours, which the engine takes for somebody else's."""
    near, keys = f"{NAMESPACE}:{key.partition(':')[2]}", ", ".join(sorted(map(to_camel, Settings.model_fields)))
    return f"{key}: there is no such setting, did you mean '{near}'?; allowed: {keys}; fix: pulumi config rm '{key}'"


def _place(location: list[str]) -> tuple[type[BaseModel], str]:
    """The model and the field that a mistake belongs to; inside a list it is the list's field."""
    if location[0] in SECTIONS and len(location) > 1:
        return SECTIONS[location[0]], location[1]
    return Settings, location[0]


def _choices(model: type[BaseModel], key: str) -> list[str]:
    """The values of a setting that has a closed set of them."""
    annotation = _field(model, key).annotation
    kinds = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type) and issubclass(kind, Enum)]
    return [str(member.value) for kind in kinds for member in kind]


def _field(model: type[BaseModel], key: str) -> Any:
    return next(field for name, field in model.model_fields.items() if to_camel(name) == key)


def _allowed(model: type[BaseModel], key: str) -> str:
    """What a setting may be, in words."""
    if choices := _choices(model, key):
        return ", ".join(choices)
    if model is Settings and key in SECTIONS:
        return f"a mapping of {', '.join(sorted(to_camel(inner) for inner in SECTIONS[key].model_fields))}"
    field = _field(model, key)
    return field.description or _inner_description(field.annotation) or key


def _inner_description(annotation: Any) -> str | None:
    """The description inside `Annotated[...] | None`."""
    metadata = [part for option in get_args(annotation) for part in getattr(option, "__metadata__", ())]
    return next((part.description for part in metadata if part.description), None)


def _check_levels(settings: Settings) -> None:
    """Refuse a level whose back end is not ready here, before anything is changed."""
    cloud = getattr(settings, settings.platform.value, None)
    given = cloud.model_dump(by_alias=True) if cloud else {}
    for key, level in settings.secrets.model_dump(include={"level", "candidate", "previous"}, exclude_none=True).items():
        if reason := levels.refusal(level, settings.platform.value, given):
            raise pulumi.RunError(f"{NAMESPACE}:secrets.{key}: {reason}")


def _check_run(settings: Settings) -> None:
    for key, remedy in {
        "seed": f"take a new one: openssl rand -hex 32 | pulumi config set --secret {NAMESPACE}:seed",
        "escrow": f"make new keys, they are known now: causeway secrets sealing-key, then pulumi config set --secret {NAMESPACE}:escrow",
        "git_credential": f"take a new one, this one is known now, then pulumi config set --secret {NAMESPACE}:gitCredential",
    }.items():
        path = f"{NAMESPACE}:{to_camel(key)}"
        if getattr(settings, key) and not pulumi.runtime.is_config_secret(path):
            raise pulumi.RunError(f"{path}: given in the clear; allowed: an encrypted value alone; fix: {remedy}")
    if settings.platform is not Target.MINIKUBE and os.environ.get("PULUMI_SKIP_CHECKPOINTS") == "true":
        raise pulumi.RunError(
            f"PULUMI_SKIP_CHECKPOINTS: given true, allowed: only on platform minikube, this is {settings.platform.value}, "
            "where a killed run would lose track of what it made; fix: unset PULUMI_SKIP_CHECKPOINTS"
        )
