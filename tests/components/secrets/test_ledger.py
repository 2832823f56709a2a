"""The ledger of secrets, from objects as the API server returns them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from components.monitoring.alerts_secrets import BACKENDS, DAY, ROTATION_PERIODS
from components.secrets.keeping import PROGRAMS, keeping
from components.secrets.ledger import PERIODS, Entry, blast_radius, consumers, entries, problems, wildcard_readers
from components.secrets.levels import CloudStore, SecretsLevel
from components.secrets.model import Place
from components.secrets_controller.charts import EXTERNAL_SECRETS, NAMESPACES, SEALED_SECRETS, VAULT

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET: dict[str, Any] = {
    "namespace": "shop",
    "name": "shop-database",
    "creationTimestamp": "2026-10-01T12:00:00Z",
    "labels": {"causeway.dev/team": "orders", "causeway.dev/environment": "staging"},
    "annotations": {
        "causeway.dev/secrets-level": "sealed",
        "causeway.dev/rotation-class": "database",
        "causeway.dev/rotated": "2026-11-14T12:00:00Z",
    },
}
BY_VARIABLE = {"containers": [{"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "shop-database", "key": "x"}}}]}]}
BY_VOLUME = {"containers": [{}], "volumes": [{"secret": {"secretName": "shop-database"}}]}
BY_ALL = {"containers": [{}], "initContainers": [{"envFrom": [{"secretRef": {"name": "shop-database"}}]}]}
WITHOUT = {"containers": [{"env": [{"name": "A", "value": "x"}]}]}


def workload(name: str, spec: dict[str, Any], environment: str = "staging", namespace: str = "shop") -> dict[str, Any]:
    labels = {"causeway.dev/environment": environment}
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels}, "spec": {"template": {"spec": spec}}}


def ledger(*workloads: dict[str, Any], **changes: Any) -> Entry:
    return entries([{**SECRET, **changes}], workloads, CloudStore.NONE, NOW, keeping([], [], []))[0]


def test_row() -> None:
    """Issue 7, 6: owner, consumers, environments, level, secret zero, age against period, last rotation."""
    entry = ledger(workload("web", BY_VARIABLE), workload("mail", WITHOUT), workload("web", BY_VARIABLE, namespace="other"))

    assert ("orders", ("web",), ("staging",), SecretsLevel.SEALED) == (entry.owner, entry.consumers, entry.environments, entry.level)
    assert "private key" in entry.secret_zero
    assert (10, 30, "2026-11-14T12:00:00Z") == (entry.age, entry.period, entry.last_rotation)
    assert not entry.overdue


def test_never_rotated() -> None:
    """4.11: a Secret that was never rotated is as old as itself, and overdue when that is beyond its period."""
    entry = ledger(annotations={"causeway.dev/rotation-class": "database"})

    assert (54, True) == (entry.age, entry.overdue)
    assert not ledger(annotations={}).overdue


def test_copies_are_no_rows() -> None:
    """Issue 7, 6: one row for each Secret; what fills its store, and a migration's candidate, are named in it."""
    shop = Place("shop", "shop-database", SecretsLevel.VAULT, {}, {})
    copies = [shop.as_source("vault", "vault-source"), shop.as_candidate(SecretsLevel.NATIVE)]
    others = [{**SECRET, "namespace": copy.namespace, "name": copy.name, "annotations": copy.annotations} for copy in copies]
    (entry,) = entries([SECRET, *others], [], CloudStore.NONE, NOW, keeping([], [], []))

    assert "shop-database" == entry.secret
    assert ("shop/shop-database-candidate", "vault-source/vault-shop-database") == entry.copies


def program(kind: str, namespace: str, name: str, ready: int = 1) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"namespace": namespace, "name": name}, "status": {"availableReplicas": ready}}


def reference(status: str = "True", condition: str = "Ready") -> dict[str, Any]:
    metadata = {"namespace": "shop", "name": "shop-database"}
    return {"metadata": metadata, "spec": {}, "status": {"conditions": [{"type": condition, "status": status}]}}


OPERATOR = program("Deployment", "external-secrets", "external-secrets")
STATES: dict[str, tuple[str, list[dict[str, Any]], list[dict[str, Any]], str, list[str]]] = {
    "Nothing has to bring a native one.": ("native", [], [], "kept", []),
    "Its reference is well.": ("external", [reference()], [OPERATOR], "kept", []),
    "A cloud's store denies.": ("external", [reference("False")], [OPERATOR], "last value", []),
    "Sealed text that was opened.": (
        "sealed",
        [reference(condition="Synced")],
        [program("Deployment", "sealed-secrets", "sealed-secrets-controller")],
        "kept",
        [],
    ),
    "A controller that is gone.": (
        "sealed",
        [reference(condition="Synced")],
        [],
        "last value",
        ["Deployment sealed-secrets-controller is not there: every Secret of level sealed keeps its last value"],
    ),
    "A Vault that is sealed, and nobody has looked since.": (
        "vault",
        [reference()],
        [OPERATOR, program("StatefulSet", "vault", "vault", 0), program("Deployment", "vault", "vault-keeper")],
        "last value",
        ["StatefulSet vault/vault has no ready pod: every Secret of level vault keeps its last value"],
    ),
    "Nobody to look.": (
        "external",
        [reference()],
        [{**OPERATOR, "status": {}}],
        "last value",
        ["Deployment external-secrets/external-secrets has no ready pod: every Secret of level external keeps its last value"],
    ),
}


@pytest.mark.parametrize(("level", "references", "programs", "state", "lines"), STATES.values(), ids=STATES)
def test_store_that_does_not_answer(
    level: str, references: list[dict[str, Any]], programs: list[dict[str, Any]], state: str, lines: list[str]
) -> None:
    """Issue 7, 6 and 8: the row says whether the Secret holds what its store has, or what that had when it last answered."""
    brings = keeping([SecretsLevel(level)], references, programs)
    (entry,) = entries([{**SECRET, "annotations": {"causeway.dev/secrets-level": level}}], [], CloudStore.NONE, NOW, brings)

    assert (state, lines) == (entry.state.value, brings.lines)


@pytest.mark.parametrize("spec", [BY_VARIABLE, BY_VOLUME, BY_ALL], ids=["variable", "volume", "all of it"])
def test_consumers(spec: dict[str, Any]) -> None:
    """A Secret is found however a pod names it, in a CronJob too."""
    batch = {"spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}}

    assert {"shop-database"} == consumers(workload("web", spec)) == consumers(batch)


SCORES: dict[str, tuple[tuple[int, int, float | None], int]] = {
    "Three consumers, one environment, no expiry.": ((3, 1, None), 1095),
    "An expiry in ten days makes it small.": ((3, 1, 10), 30),
    "Sharing doubles it.": ((3, 2, None), 2190),
    "Nobody uses it: it opens one door all the same.": ((0, 1, None), 365),
    "An expired value is worth nothing.": ((3, 1, -1), 0),
}


@pytest.mark.parametrize(("parts", "score"), SCORES.values(), ids=SCORES)
def test_blast_radius(parts: tuple[int, int, float | None], score: int) -> None:
    """4.12: consumers x environments x days until expiry, 365 without one."""
    assert score == blast_radius(*parts)


def test_shared_between_environments() -> None:
    """4.12: a Secret that workloads of another environment use is refused, by name."""
    entry = ledger(workload("web", BY_VARIABLE, environment="production"))

    assert ["shop/shop-database: shared between environments production, staging: give each its own"] == problems([entry], [], [])
    assert [] == problems([replace(entry, environments=("staging",))], [], [])


def role(kind: str = "Role", **rule: Any) -> dict[str, Any]:
    metadata = {"name": "reader", **({"namespace": "shop"} if kind == "Role" else {})}
    return {"kind": kind, "metadata": metadata, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], **rule}]}


def binding(kind: str = "Role", namespace: str | None = "shop", of: str = "shop") -> dict[str, Any]:
    subjects = [{"kind": "ServiceAccount", "namespace": of, "name": "web"}]
    return {"metadata": {"name": "b", "namespace": namespace or ""}, "roleRef": {"kind": kind, "name": "reader"}, "subjects": subjects}


READERS: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "All Secrets of a namespace.": (role(), binding(), "shop/web: may read every Secret in namespace shop by Role reader"),
    "All Secrets everywhere.": (role("ClusterRole"), binding("ClusterRole", None), "shop/web: may read every Secret everywhere"),
    "All resources of all groups.": (role(apiGroups=["*"], resources=["*"], verbs=["*"]), binding(), "shop/web: may read every Secret"),
    "Named ones are fine.": (role(resourceNames=["shop-database"]), binding(), None),
    "Writing is no reading.": (role(verbs=["create"]), binding(), None),
    "Other kinds are no Secrets.": (role(resources=["configmaps"]), binding(), None),
    "A controller of the platform has to.": (role(), binding(of="external-secrets"), None),
    "A role of another name is not bound.": (role("ClusterRole"), binding(), None),
}


@pytest.mark.parametrize(("right", "bound", "line"), READERS.values(), ids=READERS)
def test_wildcard_readers(right: dict[str, Any], bound: dict[str, Any], line: str | None) -> None:
    """4.14: a right to read Secrets that names none is refused, with who has it and where."""
    found = wildcard_readers([right], [bound])

    assert (line is None and not found) or (line is not None and found[0].startswith(line))


def test_periods_are_those_of_the_alert() -> None:
    """4.11: the ledger and the alert SecretRotationDue go by the same periods."""
    assert dict(ROTATION_PERIODS) == {name: days * DAY for name, days in PERIODS.items()}


def test_alert_watches_the_programs_of_every_level() -> None:
    """Issue 7, 8: each level above native has its programs in the ledger and in the alert SecretsBackendDown, by their charts' names."""
    watched = {(space, name) for spaces, names in BACKENDS.values() for space in spaces.split("|") for name in names.split("|")}
    programs = {SecretsLevel.SEALED: SEALED_SECRETS, SecretsLevel.EXTERNAL: EXTERNAL_SECRETS, SecretsLevel.VAULT: VAULT}
    known = {(space, program.name) for needed in PROGRAMS.values() for program in needed for space in program.spaces}

    assert {(NAMESPACES[level], name) for level, name in programs.items()} <= known
    assert known <= watched
