"""From inputs to objects: the same list for `pulumi up`, for YAML in Git, and for the tests."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from .._inputs import Problem, refuse
from .._kit import Manifest
from . import exceptions, overrides
from .args import Pattern
from .model import Workload, read
from .patterns import batch, daemon, stateful, stateless, worker
from .patterns.monitor import monitoring, unwatched
from .patterns.network import network_policy
from .patterns.volumes import config_map_name, file_keys
from .rules import inputs, judge
from .rules.model import Finding

RBAC_API = "rbac.authorization.k8s.io/v1"
_OBJECTS: MappingProxyType[Pattern, Callable[[Workload], list[Manifest]]] = MappingProxyType(
    {
        Pattern.STATELESS: stateless.objects,
        Pattern.STATEFUL: stateful.objects,
        Pattern.WORKER: worker.objects,
        Pattern.BATCH: batch.cron_objects,
        Pattern.JOB: batch.job_objects,
        Pattern.DAEMON: daemon.objects,
    }
)
# The kinds that hold the pods, by pattern.
KINDS: MappingProxyType[Pattern, str] = MappingProxyType(
    {
        Pattern.STATELESS: "Deployment",
        Pattern.STATEFUL: "StatefulSet",
        Pattern.WORKER: "Deployment",
        Pattern.BATCH: "CronJob",
        Pattern.JOB: "Job",
        Pattern.DAEMON: "DaemonSet",
    }
)


def render(name: str, args: Mapping[str, Any]) -> list[Manifest]:
    """All objects of workload `name`, in the order in which they are applied.

    Raises `pulumi.InputPropertiesError` that lists every refused input.
    """
    return objects(read(name, args))


def objects(workload: Workload) -> list[Manifest]:
    """The objects of a workload that was read already, overrides merged in and judged by every rule, with the reasons of exceptions."""
    refuse("workload", workload.resource, list(inputs.problems(workload)))
    made = _made(workload)
    patches = workload.inputs["overrides"]
    if patches:
        refuse("workload", workload.resource, list(overrides.problems(made, patches)))
    patched = overrides.apply(made, patches) if patches else made
    findings = list(judge(patched))
    refuse("workload", workload.resource, [*_unjustified(workload, made, findings), *exceptions.unneeded(workload, findings)])
    patched = exceptions.explained(workload, patched, findings)
    refuse("workload", workload.resource, [Problem("metrics", line) for line in unwatched(workload, patched)])
    return patched


def _unjustified(workload: Workload, made: list[Manifest], findings: list[Finding]) -> Iterator[Problem]:
    """What breaks a rule without a reason: under the input that is wrong, or under the first override that did it."""
    patches = workload.inputs["overrides"]
    stages = [set(map(_told, judge(overrides.apply(made, patches[:count])))) for count in range(len(patches))] if findings else []
    for finding in findings:
        if finding.rule not in workload.inputs["exceptions"]:
            first = next((count for count, found in enumerate(stages) if _told(finding) in found), len(patches))
            yield Problem(f"overrides[{first - 1}]" if first else finding.input, finding.message)


def _told(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.subject["kind"], finding.message


def _made(workload: Workload) -> list[Manifest]:
    """What the pods need, then what holds them."""
    needed = [_service_account(workload), *_permissions(workload), network_policy(workload), *_files(workload)]
    return [*needed, *_OBJECTS[workload.pattern](workload), *monitoring(workload)]


def _service_account(workload: Workload) -> Manifest:
    metadata = workload.metadata()
    if annotations := workload.inputs["service_account"].get("annotations"):
        metadata["annotations"] = {**metadata.get("annotations", {}), **annotations}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": False}


def _permissions(workload: Workload) -> list[Manifest]:
    """What the program may ask of the API server, in its own namespace."""
    wanted = workload.inputs["service_account"].get("rules", [])
    if not wanted:
        return []
    fields = (("api_groups", "apiGroups"), ("resources", "resources"), ("verbs", "verbs"), ("resource_names", "resourceNames"))
    rules = [{field: rule[key] for key, field in fields if key in rule} for rule in wanted]  # type: ignore[literal-required]
    role = {"apiVersion": RBAC_API, "kind": "Role", "metadata": workload.metadata(), "rules": rules}
    subject = {"kind": "ServiceAccount", "name": workload.name, "namespace": workload.namespace}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": workload.name}
    binding = {"apiVersion": RBAC_API, "kind": "RoleBinding", "metadata": workload.metadata(), "subjects": [subject], "roleRef": reference}
    return [role, binding]


def _files(workload: Workload) -> list[Manifest]:
    if not workload.inputs["files"]:
        return []
    keys = file_keys(workload)
    data = {keys[path]: content for path, content in workload.inputs["files"].items()}
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": workload.metadata(config_map_name(workload)), "data": data}]
