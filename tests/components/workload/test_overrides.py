"""Overrides: merged as kubectl and kustomize do, nothing lost in silence, nothing weakened."""

from typing import Any

import pulumi
import pytest

from components.workload.overrides.merging import form_of, merge
from tests.components.workload import kubernetes_fields
from tests.components.workload.samples import objects, one, pod_spec

SIDECAR = {
    "name": "proxy",
    "image": "shop/proxy:1.0.0",
    "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
}


def pods(**spec: Any) -> dict[str, Any]:
    """A patch of a Deployment's pods."""
    return {"kind": "Deployment", "patch": {"spec": {"template": {"spec": spec}}}}


def main(**fields: Any) -> dict[str, Any]:
    """A patch of a Deployment's own container."""
    return pods(containers=[{"name": "sample", **fields}])


def container(pattern: str, *overrides: dict[str, Any], **changes: Any) -> dict[str, Any]:
    (found,) = pod_spec(objects(pattern, overrides=list(overrides), **changes))["containers"]
    assert isinstance(found, dict)
    return found


def refusals(pattern: str, *overrides: dict[str, Any], **changes: Any) -> dict[str, str]:
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        objects(pattern, overrides=list(overrides), **changes)
    return {error["property_path"]: error["reason"] for error in refused.value.errors or []}


def test_fields_are_those_of_kubernetes() -> None:
    """The list of fields and merge keys is made from the schemas: `python -m tests.components.workload.kubernetes_fields` makes it anew."""
    assert kubernetes_fields.text() == kubernetes_fields.FILE.read_text()


def test_one_field_of_a_container() -> None:
    """Issue 21, 8: who changes one field says that one field; all others stay."""
    before, after = container("stateless"), container("stateless", main(imagePullPolicy="Always"))

    assert {**before, "imagePullPolicy": "Always"} == after


def test_a_probe_is_replaced() -> None:
    """Issue 21, 8: the patch for a gRPC probe is that probe, and no more."""
    grpc = {"readinessProbe": {"$patch": "replace", "grpc": {"port": 8080}}, "livenessProbe": {"httpGet": None, "grpc": {"port": 8080}}}
    made = container("stateless", main(**grpc))

    assert {"grpc": {"port": 8080}} == made["readinessProbe"]
    assert {"grpc", "periodSeconds", "initialDelaySeconds", "timeoutSeconds", "failureThreshold"} == made["livenessProbe"].keys()


def test_items_are_merged_by_their_keys() -> None:
    """Issue 21, 8: env by name, ports by number, volumes by name, mounts by path; what is not named stays."""
    secrets = {"A": {"name": "a", "key": "a"}, "B": {"name": "b", "key": "b"}}
    patch = pods(
        containers=[
            {
                "name": "sample",
                "env": [{"name": "A", "$patch": "delete"}, {"name": "C", "value": "c"}],
                "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}, {"containerPort": 8081, "name": "admin"}],
                "volumeMounts": [{"mountPath": "/cache", "name": "cache"}],
            }
        ],
        volumes=[{"name": "cache", "emptyDir": {}}, {"name": "writable-tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
    )
    spec = pod_spec(objects("stateless", overrides=[patch], secrets=secrets))
    (made,) = spec["containers"]

    assert ["B", "C"] == [variable["name"] for variable in made["env"]]
    assert [(8080, "http"), (8081, "admin")] == [(port["containerPort"], port["name"]) for port in made["ports"]]
    assert ["/tmp", "/cache"] == [mount["mountPath"] for mount in made["volumeMounts"]]
    assert [("writable-tmp", {"sizeLimit": "1Gi"}), ("cache", {})] == [(volume["name"], volume["emptyDir"]) for volume in spec["volumes"]]


def test_a_second_container_is_added() -> None:
    """Issue 21, 8: the workload's own container, which has its name, is never dropped by naming another."""
    restricted = {"securityContext": container("worker")["securityContext"], "livenessProbe": {"exec": {"command": ["alive"]}}}
    spec = pod_spec(objects("worker", overrides=[pods(containers=[{**SIDECAR, **restricted}])]))

    assert ["sample", "proxy"] == [each["name"] for each in spec["containers"]]


def test_a_list_is_replaced_where_it_says_so() -> None:
    """`$patch: replace` among a list's items puts the others in place of what was there."""
    made = container("stateless", main(env=[{"$patch": "replace"}, {"name": "C", "value": "c"}]), env={"A": "a", "B": "b"})

    assert [{"name": "C", "value": "c"}] == made["env"]


def test_atomic_lists_are_replaced() -> None:
    """Tolerations and arguments have no key: a patch gives the whole list."""
    made = container("worker", main(args=["--quiet"]), args=["--verbose", "--slow"])
    merged = merge({"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]}, form_of("PodSpec"))

    assert ["--quiet"] == made["args"]
    assert {"tolerations": [{"key": "b"}]} == merged


def test_ports_of_two_protocols() -> None:
    """One number over TCP and over UDP is two ports."""
    service = {"ports": [{"port": 53, "protocol": "UDP", "name": "dns"}, {"port": 53, "protocol": "TCP", "name": "dns-tcp"}]}
    merged = merge(service, {"ports": [{"port": 53, "name": "dns-over-tcp"}]}, form_of("ServiceSpec"))

    assert ["dns", "dns-over-tcp"] == [port["name"] for port in merged["ports"]]


def test_an_override_names_which_service() -> None:
    """Issue 21, 8: a stateful workload makes two Services; an override is for one of them."""
    patch = {"metadata": {"annotations": {"a.example.com/b": "c"}}}
    made = objects("stateful", overrides=[{"kind": "Service", "name": "sample", "patch": patch}])
    annotations = [one(made, "Service", name)["metadata"].get("annotations") for name in ("sample", "sample-headless")]

    assert [{"a.example.com/b": "c"}, None] == annotations


def test_json_patch() -> None:
    """Issue 21, 8: operations of RFC 6902 are taken as well."""
    path = "/spec/template/spec/containers/0"
    operations = [{"op": "test", "path": f"{path}/name", "value": "sample"}, {"op": "add", "path": f"{path}/tty", "value": True}]

    assert container("worker", {"kind": "Deployment", "json_patch": operations})["tty"] is True


SERVICE = "overrides[0].name"
POD = "overrides[0].patch.spec.template.spec"
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "A misspelt field": ("worker", pods(tolerationz=[]), f"{POD}.tolerationz", "PodSpec has no such field, did you mean 'tolerations'?"),
    "A misspelt field of a container": ("worker", main(imagePolicy="a"), f"{POD}.containers[0].imagePolicy", "'imagePullPolicy'?"),
    "An order of items": (
        "worker",
        main(**{"$setElementOrder/env": []}),
        f"{POD}.containers[0].$setElementOrder/env",
        "is no directive that is followed here",
    ),
    "A directive that is none": (
        "worker",
        main(env=[{"$patch": "merge", "name": "A"}]),
        f"{POD}.containers[0].env[0].$patch",
        "'delete' or",
    ),
    "A variable without a name": ("worker", main(env=[{"value": "a"}]), f"{POD}.containers[0].env[0].name", "which item of env is meant"),
    "Two questions": (
        "stateless",
        main(livenessProbe={"grpc": {"port": 1}}),
        "overrides[0].spec.template.spec.containers[sample].livenessProbe",
        "has grpc and httpGet",
    ),
    "The workload's container": (
        "worker",
        pods(containers=[{"name": "sample", "$patch": "delete"}]),
        "overrides[0]",
        "removes container 'sample'",
    ),
    "A volume that is mounted": (
        "worker",
        pods(volumes=[{"name": "writable-tmp", "$patch": "delete"}]),
        "overrides[0]",
        "mounts 'writable-tmp' at /tmp",
    ),
    "Either Service": ("stateful", {"kind": "Service", "patch": {}}, SERVICE, "makes 2 of kind Service: sample-headless, sample"),
    "A Service that is none": ("stateful", {"kind": "Service", "name": "sampel", "patch": {}}, SERVICE, "did you mean 'sample'?"),
    "Nothing to do": ("worker", {"kind": "Deployment"}, "overrides[0]", "gives both patch and json_patch, or neither"),
    "A JSON patch of nothing": (
        "worker",
        {"kind": "Deployment", "json_patch": [{"op": "remove", "path": "/spec/nothing"}]},
        "overrides[0].json_patch[0]",
        "remove /spec/nothing:",
    ),
    "A JSON patch without an operation": (
        "worker",
        {"kind": "Deployment", "json_patch": [{"path": "/a"}]},
        "overrides[0].json_patch[0]",
        "no op /a:",
    ),
    "A JSON patch of the name": (
        "worker",
        {"kind": "Deployment", "json_patch": [{"op": "replace", "path": "/metadata/name", "value": "a"}]},
        "overrides[0].json_patch.metadata.name",
        "cannot be patched",
    ),
    "A JSON patch of a field that is none": (
        "worker",
        {"kind": "Deployment", "json_patch": [{"op": "add", "path": "/spec/replicaz", "value": 1}]},
        "overrides[0].spec.replicaz",
        "did you mean 'replicas'?",
    ),
}


@pytest.mark.parametrize(("pattern", "override", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(pattern: str, override: dict[str, Any], path: str, reason: str) -> None:
    """Issue 21, 8: what would be lost, or mean nothing, is refused by one line that names the override."""
    found = refusals(pattern, override)

    assert [path] == list(found)
    assert reason in found[path]


def test_the_second_override_is_named() -> None:
    """Issue 21, 8: what an override may never weaken is refused by the override that does it."""
    assert {"overrides[1]": "hostNetwork shares the node with the pod: remove it"} == refusals(
        "worker", main(tty=True), pods(hostNetwork=True)
    )


def test_what_the_inputs_break_is_not_the_overrides_fault() -> None:
    """A finding that is there without any override keeps the input's name."""
    assert ["image"] == list(refusals("worker", main(tty=True), image="shop/worker:latest"))
