"""Detailed differences and what they replace."""

import pytest

from stand_ins.plugins.kubernetes import diff, kinds
from stand_ins.plugins.kubernetes.properties import UNKNOWN

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment"}


def found(old: dict[str, object], new: dict[str, object], immutable: tuple[tuple[str, ...], ...] = ()) -> list[tuple[str, str, bool]]:
    return [(change.property_path, change.kind, change.replaces) for change in diff.changes(old, new, immutable)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    {
        "equal inputs have no difference": ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}, []),
        "a changed leaf is an update": ({"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, [("spec.replicas", "UPDATE", False)]),
        "a new key is an addition": ({"spec": {}}, {"spec": {"a": 1}}, [("spec.a", "ADD", False)]),
        "a key that went is a deletion": ({"spec": {"a": 1}}, {"spec": {}}, [("spec.a", "DELETE", False)]),
        "list items are compared by position": ({"l": [1, 2]}, {"l": [1, 3, 4]}, [("l[1]", "UPDATE", False), ("l[2]", "ADD", False)]),
        "an unknown value is a change": ({"a": "x"}, {"a": UNKNOWN}, [("a", "UPDATE", False)]),
        "true is not 1": ({"a": True}, {"a": 1}, [("a", "UPDATE", False)]),
        "a null is the same as nothing": ({"a": 1, "b": None}, {"a": 1}, []),
        "a key with a dot is quoted": (
            {"labels": {"a.b/c": "x"}},
            {"labels": {"a.b/c": "y"}},
            [('labels["a.b/c"]', "UPDATE", False)],
        ),
        "equal quantities are the same amount": ({"limits": {"cpu": "1000m"}}, {"limits": {"cpu": 1}}, []),
        "unequal quantities differ": ({"limits": {"memory": "1Gi"}}, {"limits": {"memory": "1G"}}, [("limits.memory", "UPDATE", False)]),
    }.values(),
)
def test_differences(old: dict[str, object], new: dict[str, object], expected: list[tuple[str, str, bool]]) -> None:
    """Every difference is named by its path and kind, and nothing else is."""
    assert expected == found(old, new)


def immutable(item: dict[str, object], patch: bool = False, mutable: bool = False) -> tuple[tuple[str, ...], ...]:
    return kinds.immutable_paths(item, patch, mutable, mutable)


@pytest.mark.parametrize(
    ("item", "old", "new", "replaces"),
    {
        "a Deployment's selector": (
            DEPLOYMENT,
            {"spec": {"selector": {"matchLabels": {"a": "x"}}}},
            {"spec": {"selector": {"matchLabels": {"a": "y"}}}},
            True,
        ),
        "a Deployment's replicas": (DEPLOYMENT, {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, False),
        "a name": (DEPLOYMENT, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
        "a label": (DEPLOYMENT, {"metadata": {"labels": {"a": "x"}}}, {"metadata": {"labels": {"a": "y"}}}, False),
        "a container's image in a Pod": (
            {"apiVersion": "v1", "kind": "Pod"},
            {"spec": {"containers": [{"image": "a"}]}},
            {"spec": {"containers": [{"image": "b"}]}},
            True,
        ),
        "a selector that comes with a new spec": (DEPLOYMENT, {}, {"spec": {"selector": {}}}, True),
        "a volume claim's size": (
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim"},
            {"spec": {"resources": {"requests": {"storage": "1Gi"}}}},
            {"spec": {"resources": {"requests": {"storage": "2Gi"}}}},
            False,
        ),
        "the size in a StatefulSet's claim template": (
            {"apiVersion": "apps/v1", "kind": "StatefulSet"},
            {"spec": {"volumeClaimTemplates": [{"spec": {"resources": {"requests": {"storage": "1Gi"}}}}]}},
            {"spec": {"volumeClaimTemplates": [{"spec": {"resources": {"requests": {"storage": "2Gi"}}}}]}},
            True,
        ),
        "a role binding's role": (
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding"},
            {"roleRef": {"name": "a"}},
            {"roleRef": {"name": "b"}},
            True,
        ),
        "a ConfigMap's data": ({"apiVersion": "v1", "kind": "ConfigMap"}, {"data": {"a": "x"}}, {"data": {"a": "y"}}, True),
    }.values(),
)
def test_immutable_fields_replace(item: dict[str, object], old: dict[str, object], new: dict[str, object], replaces: bool) -> None:
    """A change below a field that the server will not change replaces the object, any other updates it."""
    assert [replaces] == [change[2] for change in found(old, new, immutable(item))]


def test_mutable_config_maps_update_in_place() -> None:
    """enableConfigMapMutable makes a change of data an update, unless the object itself is immutable."""
    item = {"apiVersion": "v1", "kind": "ConfigMap"}

    assert [False] == [change[2] for change in found({"data": {"a": "x"}}, {"data": {"a": "y"}}, immutable(item, mutable=True))]
    assert [True] == [
        change[2] for change in found({"data": {"a": "x"}}, {"data": {"a": "y"}}, immutable({**item, "immutable": True}, mutable=True))
    ]


def test_ignored_changes() -> None:
    """ignore_changes hides a path and all below it, and nothing that only begins alike."""
    changes = diff.changes({"spec": {"a": {"b": 1}, "ab": 1}}, {"spec": {"a": {"b": 2}, "ab": 2}}, ())

    assert ["spec.ab"] == [change.property_path for change in changes if not diff.ignored(change, ["spec.a"])]


@pytest.mark.parametrize(
    ("new_name", "autonamed", "expected"),
    {
        "a fixed name cannot exist twice": ("web", False, True),
        "an auto-name changes with the replacement": ("web", True, False),
        "another name can be made beside the old": ("other", False, False),
    }.values(),
)
def test_delete_before_replace(new_name: str, autonamed: bool, expected: bool) -> None:
    """A replacement deletes first exactly when old and new would have the same fixed name."""
    old = {"metadata": {"name": "web"}, "spec": {"selector": 1}}
    new = {"metadata": {"name": new_name}, "spec": {"selector": 2}}
    changes = diff.changes(old, new, kinds.SELECTOR)

    assert expected is diff.deletes_first(old, new, changes, autonamed)
