"""The settings of a stack: the only reader of `pulumi.Config`. Everything wrong is said at once, a line for each mistake.

Pulumi.yaml declares the keys; a stack file gives what differs. What is not given stays unset, so that the component
that owns a default keeps it.
"""

import json
import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, get_args

import pulumi
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

NAMESPACE = "causeway"
REPOSITORY = Path(__file__).resolve().parent

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


def _text(pattern: str, allowed: str) -> Any:
    """A text that matches `pattern`; `allowed` is what a refusal says instead of the pattern."""
    return Field(pattern=pattern, description=allowed)


Name = Annotated[str, _text(r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$", "lower-case letters, digits and hyphens, at most 40, a letter first")]
Quantity = Annotated[str, _text(r"^[1-9][0-9]*(Mi|Gi|Ti)$", "a size such as 512Mi or 10Gi")]
Domain = Annotated[str, _text(rf"^({_LABEL}(\.{_LABEL})*)?$", "a domain such as shop.example.com, or nothing")]
_CRON = r"^(@(yearly|monthly|weekly|daily|hourly)|[-0-9*/,]+ [-0-9*/,]+ [-0-9*/,?L]+ [-0-9A-Z*/,]+ [-0-9A-Z*/,]+)$"
Cron = Annotated[str, _text(_CRON, "five cron fields such as 0 6 * * *, or @daily")]
TimeZone = Annotated[str, _text(r"^[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]*)*$", "a zone name such as Etc/UTC or Europe/Berlin")]
PodCount = Annotated[int, Field(strict=True, ge=1, le=50, description="a whole number from 1 to 50")]


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


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, str_strip_whitespace=True)


class ShopSettings(_Model):
    """The sample shop; what is unset is the Shop component's default."""

    replicas: PodCount | None = None
    storage_size: Quantity | None = None
    report_schedule: Cron | None = None
    time_zone: TimeZone | None = None


class Settings(_Model):
    """One stack's settings, read and checked."""

    platform: Target
    environment: Environment
    team: Name
    domain: Domain
    kubeconfig: str
    context: Annotated[str, _text(r"^\S+$", "the name of a context in the kubeconfig")]
    shop: ShopSettings


def load() -> Settings:
    """Read and check the stack's settings; raises `pulumi.RunError` that lists every mistake."""
    # pulumi.Config answers for names that it is asked for; only the map behind it shows a misspelt one.
    given = pulumi.runtime.config.CONFIG.get()
    settings = parse({key: value for key, value in given.items() if key.partition(":")[0] == NAMESPACE})
    _check_run(settings)
    return settings


def parse(config: Mapping[str, str]) -> Settings:
    """Check a map of `causeway:<key>` to text; an object arrives as JSON text."""
    values = {key.partition(":")[2]: _decoded(value) for key, value in config.items()}
    try:
        return Settings.model_validate(values)
    except ValidationError as invalid:
        raise pulumi.RunError("\n".join(_explain(error) for error in invalid.errors(include_url=False))) from None


def pinned_images() -> dict[str, str]:
    """Image references by short name, from versions.json: the only place where a version is written."""
    images: dict[str, str] = json.loads((REPOSITORY / "versions.json").read_text())["images"]
    return images


def seed() -> pulumi.Output[str]:
    """Secret zero of SecretsStore level 1: the seed file of this checkout, which `scripts/up` makes once."""
    path = state_directory() / "seed"
    if not path.is_file():
        raise pulumi.RunError(f"{path}: given nothing, needed: the seed of all generated secrets; fix: ./scripts/up makes it")
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
    *parents, key = [str(part) for part in error["loc"]]
    model = _model_at(parents)
    path = f"{NAMESPACE}:{'.'.join([*parents, key])}"
    keys = sorted(to_camel(name) for name in model.model_fields)
    if error["type"] == "extra_forbidden":
        return f"{path}: there is no such setting{_nearest(key, keys)}; allowed: {', '.join(keys)}; fix: pulumi config rm --path '{path}'"
    if error["type"] == "missing":
        return f"{path}: given nothing; allowed: {_allowed(model, key)}; fix: pulumi config set --path '{path}' <value>"
    given = "[secret]" if pulumi.runtime.is_config_secret(f"{NAMESPACE}:{[*parents, key][0]}") else repr(error["input"])
    choices = [member.value for member in Target] if key == "platform" else [member.value for member in Environment]
    near = _nearest(str(error["input"]), choices) if error["type"] == "enum" else ""
    return f"{path}: given {given}{near}; allowed: {_allowed(model, key)}; fix: pulumi config set --path '{path}' <value>"


def _model_at(parents: list[str]) -> type[BaseModel]:
    return ShopSettings if parents == ["shop"] else Settings


def _allowed(model: type[BaseModel], key: str) -> str:
    """What a setting may be, in words."""
    name, field = next((name, field) for name, field in model.model_fields.items() if to_camel(name) == key)
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        return ", ".join(member.value for member in field.annotation)
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
        return f"a mapping of {', '.join(sorted(to_camel(inner) for inner in field.annotation.model_fields))}"
    return field.description or _inner_description(field.annotation) or name


def _inner_description(annotation: Any) -> str | None:
    """The description inside `Annotated[...] | None`."""
    metadata = [part for option in get_args(annotation) for part in getattr(option, "__metadata__", ())]
    return next((part.description for part in metadata if part.description), None)


def _nearest(given: str, allowed: list[str]) -> str:
    import difflib  # only a failing run pays for this import

    matches = difflib.get_close_matches(given, allowed, n=1, cutoff=0.55)
    return f", did you mean '{matches[0]}'?" if matches else ""


def _check_run(settings: Settings) -> None:
    if settings.platform is not Target.MINIKUBE and os.environ.get("PULUMI_SKIP_CHECKPOINTS") == "true":
        raise pulumi.RunError(
            f"PULUMI_SKIP_CHECKPOINTS: given true, allowed: only on platform minikube, this is {settings.platform.value}, "
            "where a killed run would lose track of what it made; fix: unset PULUMI_SKIP_CHECKPOINTS"
        )
