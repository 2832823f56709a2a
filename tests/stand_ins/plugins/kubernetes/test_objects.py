"""Objects on their way to the server and back into the state."""

import base64

from stand_ins.plugins.kubernetes import objects
from stand_ins.plugins.kubernetes.properties import Secret


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_outputs_carry_no_bookkeeping_of_the_server() -> None:
    """Managed fields and kubectl's last-applied annotation, which may hold secrets, never reach the state."""
    live = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "managedFields": [1], "annotations": {objects.LAST_APPLIED: "{}", "mine": "x"}},
    }

    outputs = objects.outputs(live, {"apiVersion": "v1", "kind": "ConfigMap"}, "manager", "v1")

    assert {"name": "a", "annotations": {"mine": "x"}} == outputs["metadata"]
    assert ("manager", "v1") == (outputs[objects.MANAGER_KEY], outputs[objects.VERSION_KEY])


def test_definitions_are_respelled() -> None:
    """x-kubernetes-* keys are x_kubernetes_* in programs and the server's own on the wire, at any depth."""
    inputs = {"kind": "CustomResourceDefinition", "spec": {"a": [{"x_kubernetes_list_type": "map"}]}}

    sent = objects.manifest(inputs)
    kept = objects.outputs({**sent, "metadata": {}}, inputs, "m", "v1")

    assert {"a": [{"x-kubernetes-list-type": "map"}]} == sent["spec"]
    assert inputs["spec"] == kept["spec"]


def test_a_refresh_sees_drift_and_nothing_else() -> None:
    """Only what the program sets is compared; another spelling of the same amount is no drift."""
    wanted = {"kind": "Deployment", "spec": {"replicas": 1, "limits": {"cpu": "1000m"}}}
    live = {"kind": "Deployment", "spec": {"replicas": 3, "limits": {"cpu": "1"}, "paused": False}, "status": {}}

    assert {"kind": "Deployment", "spec": {"replicas": 3, "limits": {"cpu": "1000m"}}} == objects.live_inputs(live, wanted)


def test_a_refresh_reads_string_data_back() -> None:
    """The server returns a Secret's stringData only as data; a refresh finds a changed value all the same."""
    wanted = {"kind": "Secret", "stringData": {"a": "x", "gone": "y"}}
    live = {"kind": "Secret", "data": {"a": encoded("drifted")}}

    assert {"kind": "Secret", "stringData": {"a": "drifted"}} == objects.live_inputs(live, wanted)


def test_injected_list_items_are_no_drift() -> None:
    """A sidecar that admission puts into a pod does not shift the program's own containers."""
    wanted = {"containers": [{"name": "main", "image": "a"}]}
    live = {"containers": [{"name": "proxy", "image": "p"}, {"name": "main", "image": "a", "stdin": True}]}

    assert wanted == objects.live_inputs(live, wanted)


def test_import_leaves_out_what_the_server_sets() -> None:
    """Imported inputs hold what a program could write: no status, uid, version or revision."""
    live = {
        "kind": "Deployment",
        "metadata": {"name": "a", "uid": "1", "resourceVersion": "2", "annotations": {"deployment.kubernetes.io/revision": "1"}},
        "spec": {"replicas": 1},
        "status": {"replicas": 1},
    }

    assert {"kind": "Deployment", "metadata": {"name": "a"}, "spec": {"replicas": 1}} == objects.import_inputs(live)


def test_the_state_splits_into_inputs_and_object() -> None:
    """What outputs() put together comes apart again, without secret marks."""
    inputs = {"apiVersion": "v1", "kind": "Secret", "data": Secret({"a": "eA=="})}
    live = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "eA=="}}

    old_inputs, old_live = objects.split_state(objects.outputs(live, inputs, "m", "v1"))

    assert {"a": "eA=="} == old_inputs["data"]
    assert live == old_live
