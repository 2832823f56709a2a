"""Waiting for objects, custom resources, patches and what happens when the cluster is away."""

import re
import signal
import socket
import time
from pathlib import Path

import pytest
import yaml

from tests.stand_ins.plugins.live.stack import Stack

pytestmark = pytest.mark.live

UNSCHEDULABLE = """
k8s.apps.v1.Deployment("web", metadata={
    "name": "web", "namespace": namespace, "annotations": {"pulumi.com/timeoutSeconds": "SECONDS"}}, spec={
    "selector": {"matchLabels": {"app": "web"}},
    "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
        "nodeSelector": {"example.com/no-such-node": "x"}, "containers": [{"name": "main", "image": "web:1"}]}},
}, opts=opts)
"""
CONFIG_MAP = """
k8s.core.v1.ConfigMap("settings", metadata={"name": "settings", "namespace": namespace}, data={"color": "red"}, opts=opts)
"""
CUSTOM = """
group = namespace + ".example.com"
k8s.apiextensions.v1.CustomResourceDefinition("definition", metadata={"name": "tabs." + group}, spec={
    "group": group, "scope": "Namespaced", "names": {"plural": "tabs", "singular": "tab", "kind": "Tab"},
    "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
        "type": "object", "x_kubernetes_preserve_unknown_fields": True}}}],
}, opts=opts)
k8s.apiextensions.CustomResource("tab", api_version=group + "/v1", kind="Tab",
    metadata={"name": "tab", "namespace": namespace}, spec={"size": SIZE}, opts=opts)
"""
PATCH = """
k8s.core.v1.ConfigMapPatch("patch", metadata={"name": "theirs", "namespace": namespace}, data={"ours": "x"}, opts=opts)
"""


def test_a_failing_deployment_says_why(stack: Stack) -> None:
    """A rollout that does not come about fails after its time with the pods' own reason, and stays in the state."""
    stack.write(UNSCHEDULABLE.replace("SECONDS", "4"))

    failed = stack.up()

    assert 0 != failed.code
    assert "timed out after 4 s" in failed.text
    assert "Unschedulable" in failed.text
    assert f"{stack.namespace}/web" == stack.resource("web")["id"]
    assert stack.resource("web")["initErrors"]


def test_a_failed_wait_is_taken_up_again(stack: Stack) -> None:
    """After a failed wait the next run waits again, and succeeds once the cause is gone, without a new object."""
    stack.write(UNSCHEDULABLE.replace("SECONDS", "3"))
    assert 0 != stack.up().code
    uid = stack.live("deployments", "web", "apps/v1")["metadata"]["uid"]
    stack.write(UNSCHEDULABLE.replace("SECONDS", "30").replace('"selector": {', '"replicas": 0, "selector": {'))

    assert 1 == stack.must_up().changes["updated"]
    assert uid == stack.live("deployments", "web", "apps/v1")["metadata"]["uid"]


def test_skip_await(stack: Stack) -> None:
    """pulumi.com/skipAwait makes the create return at once."""
    stack.write(UNSCHEDULABLE.replace('"pulumi.com/timeoutSeconds": "SECONDS"', '"pulumi.com/skipAwait": "true"'))

    assert 4 == stack.must_up().changes["created"]


def test_an_interrupt_ends_the_wait(stack: Stack) -> None:
    """One Ctrl-C ends a wait within seconds; the object stays in the state and the stack is not locked."""
    stack.write(UNSCHEDULABLE.replace("SECONDS", "600"))
    with stack.running("up", "--yes", "--skip-preview") as engine:
        deadline = time.monotonic() + 60
        while stack.live("deployments", "web", "apps/v1") is None and time.monotonic() < deadline:
            time.sleep(0.2)
        interrupted = time.monotonic()
        engine.send_signal(signal.SIGINT)
        text = engine.communicate(timeout=60)[0]

    assert time.monotonic() - interrupted < 30, text
    assert f"{stack.namespace}/web" == stack.resource("web")["id"]
    stack.write("")
    assert 1 == stack.must_up().changes["deleted"]


def test_a_custom_resource_in_the_same_run(stack: Stack) -> None:
    """A resource of a definition made in the same run, in no given order, is created, updated and deleted."""
    stack.write(CUSTOM.replace("SIZE", "1"))
    assert 0 == stack.run("preview").code
    stack.must_up()
    stack.write(CUSTOM.replace("SIZE", "2"))

    assert 1 == stack.must_up().changes["updated"]
    assert 2 == stack.live("tabs", "tab", f"{stack.namespace}.example.com/v1")["spec"]["size"]
    assert {"unchanged": 5} == stack.must_up().changes
    assert 0 == stack.run("destroy", "--yes", "--skip-preview").code
    assert stack.api("GET", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tabs.{stack.namespace}.example.com") is None


def test_patches_leave_the_rest_alone(stack: Stack) -> None:
    """A Patch sets its own fields on someone's object, and takes only those back when it is deleted."""
    stack.write("")
    stack.must_up()
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}, "data": {"a": "b"}}
    stack.api("POST", f"/api/v1/namespaces/{stack.namespace}/configmaps", body)
    stack.write(PATCH)
    stack.must_up()
    assert {"a": "b", "ours": "x"} == stack.live("configmaps", "theirs")["data"]
    stack.write("")
    stack.must_up()

    assert {"a": "b"} == stack.live("configmaps", "theirs")["data"]


def test_wait_for_a_condition_of_the_users(stack: Stack) -> None:
    """pulumi.com/waitFor waits for what it names, and says so when it does not come."""
    annotations = '"annotations": {"pulumi.com/waitFor": "jsonpath={.data.ready}=yes", "pulumi.com/timeoutSeconds": "3"}'
    stack.write(CONFIG_MAP.replace('"namespace": namespace', f'"namespace": namespace, {annotations}'))

    failed = stack.up()

    assert 0 != failed.code
    assert "jsonpath={.data.ready}=yes" in failed.text


def test_a_volume_claim_that_waits_for_its_consumer(stack: Stack) -> None:
    """A claim of a class that binds at first use does not hold up the run."""
    stack.write(
        """
k8s.storage.v1.StorageClass("lazy", metadata={"name": namespace}, provisioner="example.com/none",
    volume_binding_mode="WaitForFirstConsumer", opts=opts)
k8s.core.v1.PersistentVolumeClaim("claim", metadata={"name": "claim", "namespace": namespace}, spec={
    "accessModes": ["ReadWriteOnce"], "storageClassName": namespace, "resources": {"requests": {"storage": "1Mi"}}},
    opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="20s"))))
"""
    )

    assert 5 == stack.must_up().changes["created"]
    assert 0 == stack.run("destroy", "--yes", "--skip-preview").code


def absolute(kubeconfig: Path) -> str:
    """A kubeconfig's content with paths that hold wherever it is copied to."""
    content = yaml.safe_load(kubeconfig.read_text())
    for entry in [*(item["cluster"] for item in content["clusters"]), *(item["user"] for item in content["users"])]:
        for key in entry.keys() & {"certificate-authority", "client-certificate", "client-key", "tokenFile"}:
            entry[key] = str(kubeconfig.parent / entry[key])
    return str(yaml.safe_dump(content))


def test_an_unreachable_cluster_keeps_the_state(stack: Stack) -> None:
    """When the API server is away every command fails within seconds, names it, and loses nothing from the state."""
    moving = stack.project / "kubeconfig"
    moving.write_text(absolute(stack.kubeconfig))
    stack.write(CONFIG_MAP, kubeconfig=str(moving))
    stack.must_up()
    before = stack.resource("settings")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = f"https://127.0.0.1:{unused.getsockname()[1]}"
    moving.write_text(re.sub(r"https://[^\s\"}]+", server, moving.read_text()))
    stack.write(CONFIG_MAP.replace("red", "blue"), kubeconfig=str(moving))

    runs = [stack.up(), stack.run("refresh", "--yes", "--skip-preview"), stack.run("destroy", "--yes", "--skip-preview")]

    assert [] == [run.text for run in runs if run.code == 0 or server not in run.text]
    assert before["outputs"]["metadata"] == stack.resource("settings")["outputs"]["metadata"]


def test_a_broken_kubeconfig_is_one_clear_line(stack: Stack) -> None:
    """A context that is not in the file is named, with those that are."""
    stack.provider = {"context": "nowhere"}
    stack.write(CONFIG_MAP)

    failed = stack.up()

    assert 0 != failed.code
    assert "context 'nowhere' is not in" in failed.text
    assert "Traceback" not in failed.text


def test_a_run_error_is_one_line(stack: Stack) -> None:
    """A program that gives up with a RunError shows its message and no traceback."""
    stack.write('raise pulumi.RunError("the setting is wrong")', with_namespace=False)

    failed = stack.up()

    assert 0 != failed.code
    assert "the setting is wrong" in failed.text
    assert "Traceback" not in failed.text
    assert "exit code" not in failed.text


def test_a_program_that_crashes_shows_its_own_lines(stack: Stack) -> None:
    """Any other exception shows a traceback that begins in the program."""
    stack.write("1 / 0", with_namespace=False)

    failed = stack.up()

    assert "ZeroDivisionError" in failed.text
    assert "__main__.py" in failed.text
    assert "language_exec.py" not in failed.text
