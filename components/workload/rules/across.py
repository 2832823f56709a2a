"""Rules over objects that meet: claims and replicas, Services and workers, ways in and databases, autoscalers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..._kit import Manifest
from ..images import keeps_data
from .model import WITH_PODS, RuleAcross, containers, labels, name, namespace, pod_spec, pod_template

Findings = Iterator[tuple[Manifest, str]]
_DATA_SERVICE_MESSAGE = "leads from outside the cluster to a database or broker: let a stateless workload answer, and allow_from it"


def shared_volume(objects: Sequence[Manifest]) -> Findings:
    one_node = {_identity(claim) for claim in _of(objects, "PersistentVolumeClaim") if _is_one_node(claim)}
    for deployment in _of(objects, "Deployment"):
        claims = [(volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in pod_spec(deployment).get("volumes") or []]
        exclusive = [claim for claim in claims if (namespace(deployment), claim) in one_node]
        replicas = _most_replicas(deployment, objects)
        if exclusive and replicas > 1:
            yield (
                deployment,
                f"{replicas} replicas share the volume '{exclusive[0]}', which one node may mount (ReadWriteOnce): "
                "use pattern 'stateful', or access mode ReadWriteMany",
            )


def service_on_worker(objects: Sequence[Manifest]) -> Findings:
    for service in _of(objects, "Service"):
        for workload in _selected(service, (service.get("spec") or {}).get("selector"), objects):
            pattern = labels(workload).get("causeway.dev/pattern")
            if pattern in ("worker", "batch", "job"):
                yield (
                    service,
                    f"'{name(workload)}' has pattern '{pattern}', which nothing connects to: use pattern 'stateless', or drop the Service",
                )


def ingress_on_database(objects: Sequence[Manifest]) -> Findings:
    services = {_identity(service): service for service in _of(objects, "Service")}
    for ingress in _of(objects, "Ingress"):
        for target in _targets(ingress):
            service = services.get((namespace(ingress), target))
            selector = (service.get("spec") or {}).get("selector") if service else None
            if service and any(_is_database(workload) for workload in _selected(service, selector, objects)):
                yield ingress, _DATA_SERVICE_MESSAGE
    for service in services.values():
        spec = service.get("spec") or {}
        reachable = spec.get("type") in ("LoadBalancer", "NodePort")
        if reachable and any(_is_database(workload) for workload in _selected(service, spec.get("selector"), objects)):
            yield service, _DATA_SERVICE_MESSAGE


def fixed_autoscaler(objects: Sequence[Manifest]) -> Findings:
    for autoscaler in _of(objects, "HorizontalPodAutoscaler"):
        spec = autoscaler.get("spec") or {}
        fewest, most = spec.get("minReplicas", 1), spec.get("maxReplicas", 1)
        if most <= fewest:
            yield autoscaler, f"scales from {fewest} to {most}, which is a fixed number: raise max_replicas, or drop autoscaling"
        if (spec.get("scaleTargetRef") or {}).get("kind") == "StatefulSet":
            yield autoscaler, "a StatefulSet's members are not interchangeable: set replicas, or use pattern 'stateless'"


def blocking_budget(objects: Sequence[Manifest]) -> Findings:
    for budget in _of(objects, "PodDisruptionBudget"):
        spec = budget.get("spec") or {}
        for workload in _selected(budget, (spec.get("selector") or {}).get("matchLabels"), objects):
            replicas = (workload.get("spec") or {}).get("replicas", 1)
            if spec.get("maxUnavailable") in (0, "0%") or spec.get("minAvailable") in (replicas, "100%"):
                yield (
                    budget,
                    f"allows no pod of '{name(workload)}' to leave, so its node can never be drained: allow one, with two replicas",
                )


def missing_network_policy(objects: Sequence[Manifest]) -> Findings:
    policies = _of(objects, "NetworkPolicy")
    for workload in (manifest for manifest in objects if manifest["kind"] in WITH_PODS):
        selecting = [policy["spec"] for policy in policies if namespace(policy) == namespace(workload) and _restricts(policy, workload)]
        ruled = {direction for spec in selecting for direction in spec.get("policyTypes") or _implied_directions(spec)}
        if "Ingress" not in ruled:
            yield workload, "no network policy selects the pods, so everybody may connect: use WorkloadPattern, or add one"
        elif "Egress" not in ruled:
            yield workload, "no network policy says where the pods may connect to: give one the policy type Egress"


def missing_governing_service(objects: Sequence[Manifest]) -> Findings:
    headless = {_identity(service) for service in _of(objects, "Service") if (service.get("spec") or {}).get("clusterIP") == "None"}
    for workload in _of(objects, "StatefulSet"):
        if (namespace(workload), (workload.get("spec") or {}).get("serviceName")) not in headless:
            yield workload, "no headless Service governs it, so its pods have no names: use pattern 'stateful', or add one"


def _of(objects: Sequence[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in objects if manifest["kind"] == kind]


def _identity(manifest: Manifest) -> tuple[str, str]:
    return namespace(manifest), name(manifest)


def _is_one_node(claim: Manifest) -> bool:
    return "ReadWriteMany" not in ((claim.get("spec") or {}).get("accessModes") or [])


def _is_database(workload: Manifest) -> bool:
    return any(keeps_data(container.get("image") or "") for container in containers(workload))


def _most_replicas(deployment: Manifest, objects: Sequence[Manifest]) -> int:
    scaled: list[int] = [
        (autoscaler.get("spec") or {}).get("maxReplicas", 1)
        for autoscaler in _of(objects, "HorizontalPodAutoscaler")
        if (autoscaler["spec"].get("scaleTargetRef") or {}).get("name") == name(deployment)
        and namespace(autoscaler) == namespace(deployment)
    ]
    own: int = (deployment.get("spec") or {}).get("replicas", 1)
    return max([own, *scaled])


def _selected(owner: Manifest, selector: Mapping[str, Any] | None, objects: Sequence[Manifest]) -> list[Manifest]:
    """The workloads in the owner's namespace whose pods carry all labels of the selector; none without a selector."""
    if selector is None:
        return []
    return [
        manifest
        for manifest in objects
        if manifest["kind"] in WITH_PODS
        and namespace(manifest) == namespace(owner)
        and selector.items() <= ((pod_template(manifest).get("metadata") or {}).get("labels") or {}).items()
    ]


def _restricts(policy: Manifest, workload: Manifest) -> bool:
    """Whether a network policy selects a workload's pods: by all labels, and by every expression."""
    selector = (policy.get("spec") or {}).get("podSelector") or {}
    pods = (pod_template(workload).get("metadata") or {}).get("labels") or {}
    return (selector.get("matchLabels") or {}).items() <= pods.items() and all(
        _matches(expression, pods) for expression in selector.get("matchExpressions") or []
    )


def _matches(expression: Mapping[str, Any], pods: Mapping[str, str]) -> bool:
    """Kubernetes' rule: a label that is not there is in no list of values."""
    value, operator = pods.get(expression["key"]), expression["operator"]
    if operator in ("Exists", "DoesNotExist"):
        return (value is not None) is (operator == "Exists")
    return (value in expression["values"]) is (operator == "In")


def _implied_directions(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """What Kubernetes takes the policy types for where none are given."""
    return ("Ingress", "Egress") if spec.get("egress") else ("Ingress",)


def _targets(ingress: Manifest) -> list[str]:
    spec = ingress.get("spec") or {}
    backends = [path.get("backend") or {} for rule in spec.get("rules") or [] for path in (rule.get("http") or {}).get("paths") or []]
    return [(backend.get("service") or {}).get("name", "") for backend in [*backends, spec.get("defaultBackend") or {}]]


ACROSS: tuple[RuleAcross, ...] = (
    RuleAcross("shared-volume", "storage.access_mode", shared_volume),
    RuleAcross("service-on-worker", "port", service_on_worker),
    RuleAcross("ingress-on-database", "ingress", ingress_on_database),
    RuleAcross("fixed-autoscaler", "autoscaling", fixed_autoscaler),
    RuleAcross("blocking-budget", "overrides", blocking_budget),
    RuleAcross("missing-network-policy", "overrides", missing_network_policy),
    RuleAcross("missing-governing-service", "overrides", missing_governing_service),
)
