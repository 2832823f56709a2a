"""Plain objects through the real engine: create, preview, update, replace, refresh, import, delete."""

import pytest

from tests.stand_ins.plugins.live.stack import Stack

pytestmark = pytest.mark.live

CONFIG_MAP = """
k8s.core.v1.ConfigMap("settings", metadata={"name": "settings", "namespace": namespace}, data={"color": "red"}, opts=opts)
"""
AUTONAMED = """
made = k8s.core.v1.ConfigMap("settings", metadata={"namespace": namespace}, data={"color": "red"}, opts=opts)
pulumi.export("name", made.metadata["name"])
"""
DEPLOYMENT = """
k8s.apps.v1.Deployment("web", metadata={"name": "web", "namespace": namespace}, spec={
    "replicas": 0, "selector": {"matchLabels": {"app": "web"}},
    "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "web:1",
        "resources": {"limits": {"cpu": "1000m"}}}]}},
}, opts=opts)
"""
SERVICE = """
k8s.core.v1.Service("web", metadata={"name": "web", "namespace": namespace},
    spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}, opts=opts)
"""


def test_create_and_nothing_to_do(stack: Stack) -> None:
    """A second run changes nothing, and makes no request that writes: every resourceVersion stays."""
    stack.write(CONFIG_MAP + DEPLOYMENT + SERVICE)
    assert 6 == stack.must_up().changes["created"]
    before = [stack.live("configmaps", "settings"), stack.live("services", "web"), stack.live("deployments", "web", "apps/v1")]

    again = stack.must_up()

    assert {"unchanged": 6} == again.changes
    after = [stack.live("configmaps", "settings"), stack.live("services", "web"), stack.live("deployments", "web", "apps/v1")]
    assert [item["metadata"]["resourceVersion"] for item in before] == [item["metadata"]["resourceVersion"] for item in after]


def test_preview_changes_nothing(stack: Stack) -> None:
    """A preview of objects in a namespace that does not exist yet succeeds and makes nothing."""
    stack.write(CONFIG_MAP + DEPLOYMENT)

    preview = stack.run("preview")

    assert 0 == preview.code, preview.text
    assert stack.api("GET", f"/api/v1/namespaces/{stack.namespace}") is None


def test_preview_refuses_what_the_server_would(stack: Stack) -> None:
    """A preview is a dry run on the server: a value it will not take fails before anything is changed."""
    stack.write(DEPLOYMENT)
    stack.must_up()
    stack.write(DEPLOYMENT.replace('"replicas": 0', '"replicas": -1'))

    preview = stack.run("preview")

    assert 0 != preview.code
    assert "must be greater than or equal to 0" in preview.text


def test_update_in_place(stack: Stack) -> None:
    """A changed field is updated on the same object."""
    stack.write(DEPLOYMENT)
    stack.must_up()
    uid = stack.live("deployments", "web", "apps/v1")["metadata"]["uid"]
    stack.write(DEPLOYMENT.replace("web:1", "web:2"))

    assert 1 == stack.must_up().changes["updated"]

    live = stack.live("deployments", "web", "apps/v1")
    assert (uid, "web:2") == (live["metadata"]["uid"], live["spec"]["template"]["spec"]["containers"][0]["image"])


def test_removed_fields_go(stack: Stack) -> None:
    """A key that the program no longer sets leaves the object; others' keys stay."""
    stack.write(DEPLOYMENT.replace('"namespace": namespace', '"namespace": namespace, "labels": {"mine": "x"}'))
    stack.must_up()
    path = f"/apis/apps/v1/namespaces/{stack.namespace}/deployments/web"
    stack.api("PATCH", path, {"metadata": {"labels": {"theirs": "y"}}}, "application/merge-patch+json")
    stack.write(DEPLOYMENT)
    stack.must_up()

    assert {"theirs": "y"} == stack.live("deployments", "web", "apps/v1")["metadata"]["labels"]


def test_replace_deletes_a_fixed_name_first(stack: Stack) -> None:
    """An immutable selector replaces the object, which has the same name and another uid after it."""
    stack.write(DEPLOYMENT)
    stack.must_up()
    uid = stack.live("deployments", "web", "apps/v1")["metadata"]["uid"]
    stack.write(DEPLOYMENT.replace('"app": "web"', '"app": "other"'))

    assert 1 == stack.must_up().changes["replaced"]
    assert uid != stack.live("deployments", "web", "apps/v1")["metadata"]["uid"]


def test_autonamed_config_map_is_renamed(stack: Stack) -> None:
    """A ConfigMap without a name gets one, and a change of its data makes a new one under a new name."""
    stack.write(AUTONAMED)
    stack.must_up()
    first = stack.run("stack", "output", "name").text.strip()
    assert "true" == stack.live("configmaps", first)["metadata"]["annotations"]["pulumi.com/autonamed"]
    stack.write(AUTONAMED.replace("red", "blue"))
    stack.must_up()
    second = stack.run("stack", "output", "name").text.strip()

    assert first.startswith("settings-")
    assert first != second
    assert stack.live("configmaps", first) is None
    assert {"color": "blue"} == stack.live("configmaps", second)["data"]


def drift(stack: Stack, image: str) -> None:
    path = f"/apis/apps/v1/namespaces/{stack.namespace}/deployments/web"
    spec = {"template": {"spec": {"containers": [{"name": "main", "image": image}]}}}
    stack.api("PATCH", path, {"spec": spec}, "application/strategic-merge-patch+json")


def test_refresh_finds_drift(stack: Stack) -> None:
    """What someone changed is found by a refresh; putting it right is a conflict that names who owns the field."""
    stack.write(DEPLOYMENT)
    stack.must_up()
    drift(stack, "drift:1")

    refreshed = stack.run("refresh", "--yes", "--skip-preview", "--diff")
    mended = stack.up()

    assert "drift:1" in refreshed.text
    assert 0 != mended.code
    assert "conflict" in mended.text
    assert '"someone"' in mended.text


def test_patch_force_wins_conflicts(stack: Stack) -> None:
    """With pulumi.com/patchForce the program takes the field back."""
    stack.write(DEPLOYMENT.replace('"namespace": namespace', '"namespace": namespace, "annotations": {"pulumi.com/patchForce": "true"}'))
    stack.must_up()
    drift(stack, "drift:1")
    stack.run("refresh", "--yes", "--skip-preview")
    stack.must_up()

    assert "web:1" == stack.live("deployments", "web", "apps/v1")["spec"]["template"]["spec"]["containers"][0]["image"]


def test_refresh_forgets_what_is_gone(stack: Stack) -> None:
    """An object that someone deleted leaves the state, and the next run makes it again."""
    stack.write(CONFIG_MAP)
    stack.must_up()
    stack.api("DELETE", f"/api/v1/namespaces/{stack.namespace}/configmaps/settings")

    assert 1 == stack.run("refresh", "--yes", "--skip-preview").changes["deleted"]
    assert 1 == stack.must_up().changes["created"]


def test_import(stack: Stack) -> None:
    """An object that exists is taken into the state by its id and is unchanged afterwards."""
    stack.write("")
    stack.must_up()
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"color": "red"}}
    made = stack.api("POST", f"/api/v1/namespaces/{stack.namespace}/configmaps", body)
    imported = CONFIG_MAP.replace("opts=opts", "opts=pulumi.ResourceOptions(provider=provider, import_=namespace + '/settings')")
    stack.write(imported)

    assert 1 == stack.must_up().changes["imported"]

    stack.write(CONFIG_MAP)
    assert {"unchanged": 4} == stack.must_up().changes
    assert made["metadata"]["uid"] == stack.live("configmaps", "settings")["metadata"]["uid"]


def test_secrets_are_not_in_the_state(stack: Stack) -> None:
    """Neither a Secret's data nor a secret put into another object stands in the state or the output in the clear."""
    stack.write(
        """
k8s.core.v1.Secret("login", metadata={"name": "login", "namespace": namespace}, string_data={"password": "hunter2secret"}, opts=opts)
k8s.core.v1.ConfigMap("odd", metadata={"name": "odd", "namespace": namespace}, data={"a": pulumi.Output.secret("hunter3secret")}, opts=opts)
"""
    )

    text = stack.must_up().text + stack.run("preview", "--diff").text + stack.state

    assert "hunter" not in text
    assert "aHVudGVy" not in text, "the same in base64"
    assert "hunter3secret" == stack.live("configmaps", "odd")["data"]["a"]


def test_existing_objects_without_upsert(stack: Stack) -> None:
    """Without upsertExistingObjects a create refuses to take over what exists, and says what to do."""
    stack.write("")
    stack.must_up()
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
    stack.api("POST", f"/api/v1/namespaces/{stack.namespace}/configmaps", body)
    stack.provider = {}
    stack.write(CONFIG_MAP)

    refused = stack.up()

    assert 0 != refused.code
    assert "already exists" in refused.text
    assert "upsertExistingObjects" in refused.text


def test_update_after_a_plain_create(stack: Stack) -> None:
    """What was created without upsert is updated by server-side apply without a conflict with its own past."""
    stack.provider = {}
    stack.write(DEPLOYMENT)
    stack.must_up()
    stack.write(DEPLOYMENT.replace("web:1", "web:2"))

    assert 1 == stack.must_up().changes["updated"]


def test_client_side_apply(stack: Stack) -> None:
    """With server-side apply off objects are made, changed and labelled as managed by Pulumi."""
    stack.provider = {"enable_server_side_apply": False}
    stack.write(DEPLOYMENT)
    stack.must_up()
    stack.write(DEPLOYMENT.replace("web:1", "web:2"))

    assert 1 == stack.must_up().changes["updated"]
    live = stack.live("deployments", "web", "apps/v1")
    assert "pulumi" == live["metadata"]["labels"]["app.kubernetes.io/managed-by"]
    assert "web:2" == live["spec"]["template"]["spec"]["containers"][0]["image"]


def test_destroy_leaves_nothing(stack: Stack) -> None:
    """After destroy the namespace is gone, not merely going."""
    stack.write(CONFIG_MAP + DEPLOYMENT + SERVICE)
    stack.must_up()

    assert 6 == stack.run("destroy", "--yes", "--skip-preview").changes["deleted"]
    assert stack.api("GET", f"/api/v1/namespaces/{stack.namespace}") is None


def test_delete_waits_for_finalizers(stack: Stack) -> None:
    """A deletion that a finalizer holds up fails after its time, names the finalizer and keeps the object in the state."""
    held = CONFIG_MAP.replace('"namespace": namespace', '"namespace": namespace, "finalizers": ["example.com/held"]')
    stack.write(
        held.replace(
            "opts=opts",
            "opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete='2s')))",
        )
    )
    stack.must_up()
    stack.write("")

    stuck = stack.up()

    assert 0 != stuck.code
    assert "example.com/held" in stuck.text
    assert stack.resource("settings")
    path = f"/api/v1/namespaces/{stack.namespace}/configmaps/settings"
    stack.api("PATCH", path, {"metadata": {"finalizers": None}}, "application/merge-patch+json")
    stack.must_up()
    assert stack.live("configmaps", "settings") is None
