"""The settings of a stack: the only reader of `pulumi.Config`. Everything wrong is said at once, a line for each mistake.

Each part brings its section and its credentials (`stack/parts`); `./scripts/render` writes their declarations into Pulumi.yaml. A stack
file gives what differs. What is not given stays unset: a component keeps its default.
"""

import json
import os
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, cast

import pulumi
from pydantic import ValidationError, create_model
from pydantic.alias_generators import to_camel

from stack import values as forms
from stack.parts import PARTS
from stack.refusals import NAMESPACE, Explainer, misplaced
from stack.section import Environment, Section, Target
from stack.targets import EksSettings, GkeSettings

S = TypeVar("S", bound=Section)
Context = Annotated[str, forms.text_like(r"^\S+$", "the name of a context in the kubeconfig")]
CREDENTIALS = {name: credential for part in PARTS for name, credential in part.credentials.items()}
SECTIONS: Mapping[str, type[Section]] = {**{part.name: part.settings for part in PARTS}, "eks": EksSettings, "gke": GkeSettings}


class Settings(Section):
    """One stack's settings, read and checked. Each part adds a field of its name, and one for each of its credentials."""

    platform: Target
    environment: Environment
    team: forms.Name
    domain: forms.Domain
    kubeconfig: str
    context: Context
    eks: EksSettings | None
    gke: GkeSettings | None

    def of(self, section: type[S]) -> S:
        """The section that is of this class."""
        return next(value for value in self.__dict__.values() if type(value) is section)

    def has(self, part: str) -> bool:
        """Whether the part of this name is on."""
        return next(one for one in PARTS if one.name == part).is_on(self)

    def credential(self, name: str) -> str:
        """The value of a credential, in the clear; empty where none is given."""
        return str(getattr(self, name))


_COLLECTED = create_model(
    "Settings",
    __base__=Settings,
    __doc__=Settings.__doc__,
    **cast(Any, {part.name: (part.settings, ...) for part in PARTS} | {name: (one.form, ...) for name, one in CREDENTIALS.items()}),
)
"""`Settings` with what the parts add."""
FIELDS = _COLLECTED.model_fields


def load() -> Settings:
    """Read and check the stack's settings; raises `pulumi.RunError` that lists every mistake."""
    # pulumi.Config answers for names that it is asked for; only the map behind it shows a misspelt one.
    settings = parse(pulumi.runtime.config.CONFIG.get(), pulumi.get_project())
    _check_run(settings)
    return settings


def parse(config: Mapping[str, str], project: str = NAMESPACE) -> Settings:
    """Check a map of `causeway:<key>` to text; an object arrives as JSON text. Other namespaces are not ours, but for a misspelt one.

    `project` is the namespace of the program that runs, whose own settings may be called as it likes.
    """
    values = {key.partition(":")[2]: _decoded(value) for key, value in config.items() if key.startswith(f"{NAMESPACE}:")}
    lines = [line for key in config if (line := misplaced(key, _COLLECTED, project))]
    # Pulumi.yaml has to declare an empty default for each section; a cloud's own counts as given on that cloud alone.
    for cloud in (Target.EKS.value, Target.GKE.value):
        if values.get(cloud) == {} and values.get("platform") != cloud:
            values[cloud] = None
    try:
        settings = _COLLECTED.model_validate(values)
        for part in PARTS:
            part.check(settings)
    except ValidationError as invalid:
        explain = Explainer(_COLLECTED, SECTIONS, [to_camel(name) for name in CREDENTIALS])
        lines += [explain(error) for error in invalid.errors(include_url=False)]
    if lines:
        raise pulumi.RunError("\n".join(lines))
    return settings


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _check_run(settings: Settings) -> None:
    for name, credential in CREDENTIALS.items():
        path = f"{NAMESPACE}:{to_camel(name)}"
        if settings.credential(name) and not pulumi.runtime.is_config_secret(path):
            raise pulumi.RunError(f"{path}: given in the clear; allowed: an encrypted value alone; fix: {credential.remedy}")
    if settings.platform is not Target.MINIKUBE and os.environ.get("PULUMI_SKIP_CHECKPOINTS") == "true":
        raise pulumi.RunError(
            f"PULUMI_SKIP_CHECKPOINTS: given true, allowed: only on platform minikube, this is {settings.platform.value}, "
            "where a killed run would lose track of what it made; fix: unset PULUMI_SKIP_CHECKPOINTS"
        )
