"""A part of the platform: its settings, when it is on, what it needs, and the call that makes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.section import Section

if TYPE_CHECKING:
    from stack.composition import Stack
    from stack.settings import Settings


@dataclass(frozen=True)
class Credential:
    """A setting beside the part's section that holds a secret, always encrypted."""

    form: Any
    """Its type, as a pydantic annotation."""
    description: str
    remedy: str
    """What to do once it was given in the clear."""


@dataclass(frozen=True)
class Kept:
    """What a part keeps secret, beyond the values themselves."""

    classes: Mapping[str, str] = field(default_factory=dict)
    """Secret name to rotation class (requirements 4.4)."""
    databases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Secret name to the database that it opens."""


@dataclass(frozen=True)
class Delivery:
    """What of a part Argo CD owns where GitOps is on."""

    workloads: Callable[["Stack"], Mapping[str, Mapping[str, Any]]]
    """Workload name to inputs of WorkloadPattern, without what the target decides."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Setting of the part to the place in Git that holds its value then."""
    door: str = ""
    """Namespace and name of the Ingress that leads to the part."""
    secret: str = ""
    """Secret whose new version rolls the workloads."""


def _nothing(_: Any) -> None:
    """A part without this step."""


@dataclass(frozen=True)
class Part:
    """One part; `stack/parts` lists them in the order in which they are made."""

    name: str
    """Its section of the settings, `causeway:<name>`."""
    settings: type[Section]
    description: str
    """The declaration of its section in Pulumi.yaml."""
    is_on: Callable[["Settings"], bool]
    make: Callable[["Stack"], None]
    needs: Sequence[str] = ()
    """Parts that are made before it, where they are on."""
    check: Callable[["Settings"], None] = _nothing
    """Refuses settings that do not fit together; runs whenever settings are read. Raises `pulumi.RunError`."""
    find: Callable[["Settings"], None] = _nothing
    """Finds what lies beside the settings, such as secret zero; runs before the target is asked. Raises `pulumi.RunError`."""
    plan: Callable[["Stack"], None] = _nothing
    """Refuses what only the whole stack shows; runs before the first part is made. Raises `pulumi.RunError`."""
    prepare: Callable[["Stack"], None] = _nothing
    """Makes what every part's namespaces come after; appends it to `Stack.ready`."""
    finish: Callable[["Stack"], None] = _nothing
    """Runs once all parts are made."""
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    kept: Kept = Kept()
    delivery: Delivery | None = None
