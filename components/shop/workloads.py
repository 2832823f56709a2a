"""The four workloads of the shop as inputs of WorkloadPattern, and the Secret that they share."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from ..workload import Pattern, WorkloadPatternArgs

DATABASE_PORT = 5432
DELEGABLE = ("web", "worker", "report")
"""Workloads whose loss costs nothing: what Argo CD may own. The database and its Secret stay with the program."""
DATABASE_SECRET = "shop-database"
_DATABASE_DIRECTORY = "/var/lib/postgresql/data"
_POSTGRES_USER_ID = 999
_READY = ["pg_isready", "--username=shop", "--dbname=shop", "--host=127.0.0.1"]


SECRET_CLASSES = {DATABASE_SECRET: "database"}
"""How old its value may get (requirements 4.4)."""


DATABASES = {DATABASE_SECRET: {"workload": "database", "port": DATABASE_PORT, "database": "shop"}}
"""Secret to the database that it opens."""


def database_user(version: int) -> str:
    """The database's user of a version: each has its own, so that two are valid while consumers roll."""
    return "shop" if version == 1 else f"shop_{version}"


def database_secret(
    namespace: str, rotations: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
) -> dict[str, dict[str, dict[str, Any]]]:
    """The Secret of the database: user, generated password, and the URL that holds both; `rotations` has its version."""
    user = database_user(rotations.get(DATABASE_SECRET, {}).get("version", 1))
    url = f"postgresql://{{username}}:{{password}}@database.{namespace}.svc.cluster.local:{DATABASE_PORT}/shop"
    return {DATABASE_SECRET: {"username": {"value": user, "public": True}, "password": {}, "database-url": {"template": url}}}


def delegable(namespace: str, shop_image: str, **changes: Any) -> dict[str, dict[str, Any]]:
    """The workloads without data, which something other than this program may own, without what the target decides.

    `changes` are inputs of Shop.
    """
    defaults = {"team": "shop", "environment": "development", "replicas": 2, "report_schedule": "0 6 * * *", "time_zone": "Etc/UTC"}
    inputs = {**defaults, "namespace": namespace, "shop_image": shop_image, "postgres_image": "", "secrets_version": "1", "platform": {}}
    made = workloads({**inputs, **changes})
    return {name: {key: value for key, value in made[name].items() if key != "platform" and value is not None} for name in DELEGABLE}


def workloads(inputs: Mapping[str, Any]) -> dict[str, WorkloadPatternArgs]:
    """Name to inputs; the database first, since all others wait for it."""
    common = {key: inputs[key] for key in ("namespace", "team", "environment", "platform")}
    client = {
        **common,
        "part_of": "shop",
        "image": inputs["shop_image"],
        "secrets": {"DATABASE_URL": {"name": DATABASE_SECRET, "key": "database-url"}},
        "rollout_triggers": [inputs["secrets_version"]],
        "allow_to": [{"workload": "database", "port": DATABASE_PORT}],
    }
    made = {
        "database": _database(inputs, {**common, "part_of": "shop"}),
        "web": _web(inputs, client),
        "worker": _worker(client),
        "report": _report(inputs, client),
    }
    # mypy has no form for a TypedDict laid over a mapping; `resolve` checks every key when the workload is made.
    return cast(dict[str, WorkloadPatternArgs], made)


def _database(inputs: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    storage = {"mount_path": _DATABASE_DIRECTORY, "size": inputs.get("storage_size")}
    return {
        **common,
        "pattern": Pattern.STATEFUL,
        "image": inputs["postgres_image"],
        "port": DATABASE_PORT,
        "user": _POSTGRES_USER_ID,
        # The password takes effect when an empty volume is initialised, so a new version does not restart the database.
        "secrets": {
            "POSTGRES_USER": {"name": DATABASE_SECRET, "key": "username"},
            "POSTGRES_PASSWORD": {"name": DATABASE_SECRET, "key": "password"},
        },
        "env": {"POSTGRES_DB": "shop", "PGDATA": f"{_DATABASE_DIRECTORY}/pgdata"},
        "writable_paths": ["/tmp", "/var/run/postgresql"],
        "readiness": {"command": _READY, "initial_delay_seconds": 1, "period_seconds": 5},
        "liveness": {"command": _READY, "period_seconds": 20},
        "startup": {"command": _READY, "period_seconds": 1, "failure_threshold": 300},
        "storage": storage,
        "allow_from": [{"workload": client} for client in ("web", "worker", "report")],
    }


def _web(inputs: Mapping[str, Any], client: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **client,
        "pattern": Pattern.STATELESS,
        "args": ["web"],
        "replicas": inputs["replicas"],
        "readiness": {"path": "/readyz", "initial_delay_seconds": 1, "period_seconds": 5},
        "ingress": {},
        "metrics": {},
    }


def _worker(client: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **client,
        "pattern": Pattern.WORKER,
        "args": ["worker"],
        # The image has no shell.
        "liveness": {"command": ["shop", "healthcheck"], "initial_delay_seconds": 15, "period_seconds": 20},
        "metrics": {},
        "backlog": {"metric": "shop_backlog_oldest_age_seconds", "objective_seconds": 60},
    }


def _report(inputs: Mapping[str, Any], client: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **client,
        "pattern": Pattern.BATCH,
        "args": ["report"],
        # The report's day ends when the schedule's does.
        "env": {"TZ": inputs["time_zone"]} if inputs["time_zone"] else None,
        "batch": {"schedule": inputs["report_schedule"], "time_zone": inputs["time_zone"]},
    }
