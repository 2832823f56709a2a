"""The ledger: who owns each Secret, who uses it, how old it is, how far a leak would reach; and what is refused. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from .keeping import Keeping, State
from .levels import CloudStore, SecretsLevel, secret_zero

LEVEL, ROTATION_CLASS, ROTATED = "causeway.dev/secrets-level", "causeway.dev/rotation-class", "causeway.dev/rotated"
"""Annotations of a Secret: its level, the class of its period, and when it last got a new value (RFC 3339)."""
COPY_OF = "causeway.dev/copy-of"
"""Annotation of a Secret that holds the values of another, `<namespace>/<name>`: what fills a store, or a migration's candidate."""
ENVIRONMENT, TEAM = "causeway.dev/environment", "causeway.dev/team"
PERIODS: MappingProxyType[str, int] = MappingProxyType({"database": 30, "api-key": 90, "tls": 60})
"""Class to the longest age in days (requirements 4.4; TLS: 60 days of a certificate's 90)."""
LIFETIMES: MappingProxyType[str, int] = MappingProxyType({"tls": 90})
"""Class to the days after which a value expires by itself."""
NO_EXPIRY_DAYS = 365
READING = frozenset({"get", "list", "watch", "*"})
CONTROLLERS = ("argocd", "external-secrets", "ingress-nginx", "kube-system", "monitoring", "sealed-secrets")
"""Namespaces of the platform's own controllers, whose work is with Secrets that nobody can name in advance."""

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One Secret; `age` is in days, `period` too, and `blast_radius` is consumers x environments x days until expiry."""

    namespace: str
    secret: str
    owner: str
    consumers: tuple[str, ...]
    environments: tuple[str, ...]
    level: SecretsLevel
    secret_zero: str
    rotation_class: str
    age: float
    period: int
    last_rotation: str
    blast_radius: int
    state: State
    copies: tuple[str, ...]
    """Other Secrets that hold the same values, as namespace and name."""

    @property
    def overdue(self) -> bool:
        return self.age > self.period


def entries(secrets: Iterable[Manifest], workloads: Iterable[Manifest], cloud: CloudStore, now: datetime, keeping: Keeping) -> list[Entry]:
    """A row for each Secret, none for a copy of one. `secrets` are metadata alone; `workloads` are objects with a pod template; `keeping`
    is whether what brings Secrets does."""
    users, known = list(workloads), sorted(secrets, key=lambda one: (one["namespace"], one["name"]))
    copies = [(_original(metadata), f"{metadata['namespace']}/{metadata['name']}") for metadata in known]
    return [_entry(metadata, users, cloud, now, keeping, copies) for metadata in known if not _original(metadata)]


def level_of(metadata: Manifest) -> SecretsLevel:
    """The level that makes a Secret."""
    return SecretsLevel((metadata.get("annotations") or {}).get(LEVEL, SecretsLevel.NATIVE.value))


def _original(metadata: Manifest) -> str:
    return str((metadata.get("annotations") or {}).get(COPY_OF, ""))


def blast_radius(consumers: int, environments: int, days_left: float | None) -> int:
    """The score of requirements 4.4; without expiry a leak is good for a year, without consumers it still opens one door."""
    return round(max(consumers, 1) * max(environments, 1) * max(NO_EXPIRY_DAYS if days_left is None else days_left, 0))


def consumers(workload: Manifest) -> set[str]:
    """The Secrets that a workload's pods name."""
    spec = pod_spec(workload)
    names = {volume["secret"]["secretName"] for volume in spec.get("volumes") or [] if "secret" in volume}
    for container in (*(spec.get("containers") or []), *(spec.get("initContainers") or [])):
        names |= {source["secretRef"]["name"] for source in container.get("envFrom") or [] if "secretRef" in source}
        sources = [variable.get("valueFrom") or {} for variable in container.get("env") or []]
        names |= {source["secretKeyRef"]["name"] for source in sources if "secretKeyRef" in source}
    return names


def pod_spec(workload: Manifest) -> Manifest:
    """The spec of the pods that a workload makes."""
    spec = workload["spec"]
    template = spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]
    return dict(template["spec"])


def problems(found: Iterable[Entry], roles: Iterable[Manifest], bindings: Iterable[Manifest]) -> list[str]:
    """What is refused: a Secret of several environments, and rights to read Secrets that name none."""
    shared = [
        f"{entry.namespace}/{entry.secret}: shared between environments {', '.join(entry.environments)}: give each its own"
        for entry in found
        if len(entry.environments) > 1
    ]
    return [*shared, *wildcard_readers(roles, bindings)]


def wildcard_readers(roles: Iterable[Manifest], bindings: Iterable[Manifest]) -> list[str]:
    """ServiceAccounts, a line each, that may read Secrets which their role does not name."""
    wide = {(role["kind"], role["metadata"].get("namespace", ""), role["metadata"]["name"]) for role in roles if _reads_all(role)}
    found = {line for binding in bindings for line in _bound(binding, wide)}
    return sorted(found)


def _bound(binding: Manifest, wide: set[tuple[str, str, str]]) -> Iterator[str]:
    namespace = binding["metadata"].get("namespace", "")
    role = binding["roleRef"]
    if (role["kind"], namespace if role["kind"] == "Role" else "", role["name"]) not in wide:
        return
    for subject in binding.get("subjects") or []:
        if subject["kind"] == "ServiceAccount" and subject["namespace"] not in CONTROLLERS:
            where = f"in namespace {namespace}" if namespace else "everywhere"
            yield (
                f"{subject['namespace']}/{subject['name']}: may read every Secret {where} by {role['kind']} {role['name']}: "
                "name the Secrets in resourceNames"
            )


def _reads_all(role: Manifest) -> bool:
    return any(
        {"", "*"} & set(rule.get("apiGroups") or [])
        and {"secrets", "*"} & set(rule.get("resources") or [])
        and READING & set(rule.get("verbs") or [])
        and not rule.get("resourceNames")
        for rule in role.get("rules") or []
    )


def _entry(
    metadata: Manifest,
    workloads: list[Manifest],
    cloud: CloudStore,
    now: datetime,
    keeping: Keeping,
    copies: list[tuple[str, str]],
) -> Entry:
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    namespace, name = metadata["namespace"], metadata["name"]
    users = [one for one in workloads if one["metadata"]["namespace"] == namespace and name in consumers(one)]
    environments = {labels.get(ENVIRONMENT, "unknown"), *(_environment(one) for one in users if _environment(one))}
    level = level_of(metadata)
    rotation_class = annotations.get(ROTATION_CLASS, "api-key")
    last = annotations.get(ROTATED) or metadata["creationTimestamp"]
    age = (now - datetime.fromisoformat(last)).total_seconds() / 86400
    lifetime = LIFETIMES.get(rotation_class)
    return Entry(
        namespace=namespace,
        secret=name,
        owner=labels.get(TEAM, "unknown"),
        consumers=tuple(sorted(one["metadata"]["name"] for one in users)),
        environments=tuple(sorted(environments)),
        level=level,
        secret_zero=secret_zero(level, cloud),
        rotation_class=rotation_class,
        age=age,
        period=PERIODS[rotation_class],
        last_rotation=last,
        blast_radius=blast_radius(len(users), len(environments), None if lifetime is None else lifetime - age),
        state=keeping.state(level, namespace, name),
        copies=tuple(copy for original, copy in copies if original == f"{namespace}/{name}"),
    )


def _environment(workload: Manifest) -> str:
    return str((workload["metadata"].get("labels") or {}).get(ENVIRONMENT, ""))
