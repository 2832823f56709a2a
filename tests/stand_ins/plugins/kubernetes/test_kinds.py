"""Type tokens, scopes and paths."""

import pytest

from stand_ins.plugins.kubernetes import kinds, naming


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("kubernetes:core/v1:Pod", ("v1", "Pod")),
        ("kubernetes:apps/v1:Deployment", ("apps/v1", "Deployment")),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", ("rbac.authorization.k8s.io/v1", "Role")),
        ("kubernetes:stable.example.com/v1:CronTab", ("stable.example.com/v1", "CronTab")),
    ],
)
def test_type_tokens(token: str, expected: tuple[str, str]) -> None:
    """A type token names apiVersion and kind."""
    assert expected == kinds.token_version(token)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Pod", "pods"),
        ("Ingress", "ingresses"),
        ("NetworkPolicy", "networkpolicies"),
        ("Endpoints", "endpoints"),
        ("PodDisruptionBudget", "poddisruptionbudgets"),
        ("StorageClass", "storageclasses"),
        ("EndpointSlice", "endpointslices"),
    ],
)
def test_plural_names(kind: str, expected: str) -> None:
    """Built-in kinds are reached without asking the server for their plural."""
    assert expected == kinds.plural(kind)


def test_scope_decides_the_path() -> None:
    """Namespaced kinds live below a namespace, the others do not; foreign kinds are left to discovery."""
    pod, namespace = kinds.built_in("v1", "Pod"), kinds.built_in("v1", "Namespace")

    assert pod is not None
    assert namespace is not None
    assert "/api/v1/namespaces/shop/pods" == pod.collection("shop")
    assert "/api/v1/namespaces" == namespace.collection("shop")
    assert kinds.built_in("stable.example.com/v1", "CronTab") is None


def test_list_types() -> None:
    """A list of built-in objects is told from a custom kind that is merely called so."""
    assert kinds.is_list("kubernetes:core/v1:PodList")
    assert not kinds.is_list("kubernetes:example.com/v1:AllowList")


def test_patch_types() -> None:
    """A ...Patch type is told from a kind that merely ends so."""
    assert kinds.is_patch("kubernetes:apps/v1:DeploymentPatch", "Deployment")
    assert not kinds.is_patch("kubernetes:example.com/v1:EnvoyPatch", "EnvoyPatch")


def test_ids_name_namespace_and_name() -> None:
    """An id is what `pulumi import` takes: namespace/name, or the name alone."""
    assert "shop/web" == naming.object_id({"metadata": {"namespace": "shop", "name": "web"}})
    assert ("shop", "web") == naming.split_id("shop/web")
    assert ("", "web") == naming.split_id("web")


def test_the_field_manager_is_the_same_in_a_repeated_run() -> None:
    """A run that repeats a killed one writes under the same name, so it cannot conflict with itself."""
    urn = "urn:pulumi:dev::p::kubernetes:apps/v1:Deployment::web"

    assert naming.field_manager(urn, {}, {}, True) == naming.field_manager(urn, {}, {}, True)
    assert naming.field_manager(urn, {}, {}, True) != naming.field_manager(urn + "2", {}, {}, True)
    assert "before" == naming.field_manager(urn, {}, {"__fieldManager": "before"}, True)
    named = {"metadata": {"annotations": {naming.MANAGER_ANNOTATION: "mine"}}}
    assert "mine" == naming.field_manager(urn, named, {"__fieldManager": "before"}, True)


def test_auto_names_follow_the_engines_seed() -> None:
    """The same seed gives the same name: eight characters after the resource's own."""
    assert naming.autoname("web", b"seed") == naming.autoname("web", b"seed")
    assert naming.autoname("web", b"") != naming.autoname("web", b"")
    assert len("web-12345678") == len(naming.autoname("web", b"seed"))
