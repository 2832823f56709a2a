"""Whether what brings Secrets does so now: the programs of each level, and what they say of each Secret. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from .levels import SecretsLevel

Manifest = Mapping[str, Any]


class State(str, Enum):
    """What a Secret holds; one of level native, which nothing has to bring, is `kept` always."""

    KEPT = "kept"
    """What its level says it should hold."""
    LAST_VALUE = "last value"
    """What it held when its store last answered."""


class Program(NamedTuple):
    """A program without which a level brings no Secret."""

    kind: str
    name: str
    spaces: tuple[str, ...]
    """Namespaces in which it may be."""
    is_everywhere: bool = True
    """Whether every target has it; what stands in for a cloud's store does not run on a cloud."""


_OPERATOR = Program("Deployment", "external-secrets", ("external-secrets",))
PROGRAMS: MappingProxyType[SecretsLevel, tuple[Program, ...]] = MappingProxyType(
    {
        SecretsLevel.NATIVE: (),
        SecretsLevel.SEALED: (Program("Deployment", "sealed-secrets-controller", ("kube-system", "sealed-secrets")),),
        SecretsLevel.EXTERNAL: (_OPERATOR, Program("Deployment", "secrets-manager", ("secrets-manager",), is_everywhere=False)),
        SecretsLevel.VAULT: (
            _OPERATOR,
            Program("StatefulSet", "vault", ("vault",)),
            Program("Deployment", "vault-keeper", ("vault",)),
        ),
    }
)
REFERENCES: MappingProxyType[SecretsLevel, str] = MappingProxyType(
    {
        SecretsLevel.SEALED: "SealedSecret.bitnami.com",
        SecretsLevel.EXTERNAL: "ExternalSecret.external-secrets.io",
        SecretsLevel.VAULT: "ExternalSecret.external-secrets.io",
    }
)
"""The kind that stands for a Secret in the cluster at each level that has one."""
_CONDITIONS = ("Ready", "Synced")


@dataclass(frozen=True)
class Keeping:
    """What brings Secrets now."""

    well: frozenset[tuple[str, str]]
    """Namespace and name of each Secret whose reference is well."""
    faults: Mapping[SecretsLevel, tuple[str, ...]]
    """Level in use to what of its programs is missing."""

    def state(self, level: SecretsLevel, namespace: str, name: str) -> State:
        """What a Secret of that level holds. A reference says nothing new while nobody looks at it."""
        is_kept = level is SecretsLevel.NATIVE or ((namespace, name) in self.well and not self.faults.get(level))
        return State.KEPT if is_kept else State.LAST_VALUE

    @property
    def lines(self) -> list[str]:
        """A line for each program that is missing."""
        missing = dict.fromkeys(fault for faults in self.faults.values() for fault in faults)
        return [f"{fault}: every Secret of level {' and '.join(self._needing(fault))} keeps its last value" for fault in missing]

    def _needing(self, fault: str) -> list[str]:
        return [level.value for level, faults in self.faults.items() if fault in faults]


def keeping(levels: Iterable[SecretsLevel], references: Iterable[Manifest], workloads: Iterable[Manifest]) -> Keeping:
    """What the cluster says of these levels."""
    ready = {(one["kind"], one["metadata"]["name"], one["metadata"]["namespace"]): _pods(one) for one in workloads}
    faults = {level: tuple(filter(None, (_missing(program, ready) for program in PROGRAMS[level]))) for level in levels}
    return Keeping(frozenset(_target(one) for one in references if _is_well(one)), faults)


def _missing(program: Program, ready: Mapping[tuple[str, str, str], int]) -> str:
    """What is wrong with a program; nothing where it is ready."""
    there = [space for space in program.spaces if (program.kind, program.name, space) in ready]
    if not there:
        return f"{program.kind} {program.name} is not there" if program.is_everywhere else ""
    (space, *_) = there
    return "" if ready[(program.kind, program.name, space)] else f"{program.kind} {space}/{program.name} has no ready pod"


def _pods(workload: Manifest) -> int:
    return int((workload.get("status") or {}).get("availableReplicas") or 0)


def _target(reference: Manifest) -> tuple[str, str]:
    metadata, spec = reference["metadata"], reference["spec"]
    name = (spec.get("target") or {}).get("name") or metadata["name"]
    return metadata["namespace"], name


def _is_well(reference: Manifest) -> bool:
    conditions = (reference.get("status") or {}).get("conditions") or []
    return any(one["type"] in _CONDITIONS and one["status"] == "True" for one in conditions)
