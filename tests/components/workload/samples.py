"""One right workload of each pattern; tests spoil them one field at a time."""

from collections.abc import Mapping
from typing import Any

from components._kit import Manifest
from components.workload import Pattern, render
from components.workload.overrides.merging import merge_patch

SAMPLES: dict[Pattern, dict[str, Any]] = {
    Pattern.STATELESS: {"pattern": "stateless", "image": "shop/web:1.0.0"},
    Pattern.STATEFUL: {
        "pattern": "stateful",
        "image": "postgres:15.20",
        "port": 5432,
        "readiness": {"command": ["pg_isready"]},
        "storage": {"mount_path": "/var/lib/postgresql/data"},
    },
    Pattern.WORKER: {"pattern": "worker", "image": "shop/worker:1.0.0"},
    Pattern.BATCH: {"pattern": "batch", "image": "shop/report:1.0.0", "batch": {"schedule": "0 6 * * *", "time_zone": "Etc/UTC"}},
    Pattern.DAEMON: {"pattern": "daemon", "image": "shop/agent:1.0.0", "liveness": {"command": ["agent", "alive"]}},
    Pattern.JOB: {"pattern": "job", "image": "shop/migration:1.0.0"},
}


def inputs(pattern: str, /, **changes: Any) -> dict[str, Any]:
    """The sample of a pattern with some inputs changed."""
    return {**SAMPLES[Pattern(pattern)], **changes}


def objects(pattern: str, /, name: str = "sample", **changes: Any) -> list[Manifest]:
    """The objects of the sample with some inputs changed."""
    return render(name, inputs(pattern, **changes))


def spoiled(pattern: str, kind: str, patch: Mapping[str, Any], **changes: Any) -> list[Manifest]:
    """The objects of the sample, the one of `kind` patched behind the constructor's back."""
    return [merge_patch(made, patch) if made["kind"] == kind else made for made in objects(pattern, **changes)]


def container(pattern: str, patch: Mapping[str, Any], **changes: Any) -> list[Manifest]:
    """The objects of the sample, its container patched behind the constructor's back."""
    return [_with_container(made, patch) for made in objects(pattern, **changes)]


def pods(pattern: str, patch: Mapping[str, Any], **changes: Any) -> list[Manifest]:
    """The objects of the sample, its pod spec patched behind the constructor's back."""
    return [_with_pods(made, patch) for made in objects(pattern, **changes)]


def one(made: list[Manifest], kind: str, name: str | None = None) -> Manifest:
    """The only object of `kind` (and `name`)."""
    (found,) = [manifest for manifest in made if manifest["kind"] == kind and name in (None, manifest["metadata"]["name"])]
    return found


def pod_spec(made: list[Manifest]) -> dict[str, Any]:
    """The pod spec of a workload's objects."""
    (spec,) = [_template(manifest["spec"])["spec"] for manifest in made if _has_pods(manifest)]
    return spec


def _with_container(made: Manifest, patch: Mapping[str, Any]) -> Manifest:
    if not _has_pods(made):
        return made
    (container,) = _template(made["spec"])["spec"]["containers"]
    return _with_pods(made, {"containers": [merge_patch(container, patch)]})


def _with_pods(made: Manifest, patch: Mapping[str, Any]) -> Manifest:
    if not _has_pods(made):
        return made
    nested: dict[str, Any] = {"template": {"spec": patch}}
    return merge_patch(made, {"spec": {"jobTemplate": {"spec": nested}} if made["kind"] == "CronJob" else nested})


def _has_pods(made: Manifest) -> bool:
    return made["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job")


def _template(spec: dict[str, Any]) -> dict[str, Any]:
    return spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]
