"""Field managers: conflicts, successions and ignored changes."""

from typing import Any

from stand_ins.plugins.kubernetes import ownership
from stand_ins.plugins.kubernetes.client import ApiError


def entry(manager: str, operation: str, *fields: str, subresource: str = "") -> dict[str, Any]:
    own = {"manager": manager, "operation": operation, "fieldsV1": {f"f:{name}": {} for name in fields}}
    return {**own, "subresource": subresource} if subresource else own


def test_conflicts_name_both_managers() -> None:
    """A conflict says who we are, who owns the field, and where help is."""
    conflict = ApiError(409, {"reason": "Conflict", "message": 'conflict with "kubectl-edit": .spec.replicas'})

    text = str(ownership.explained(conflict, "mine"))

    assert '"mine"' in text
    assert '"kubectl-edit"' in text
    assert ownership.HELP in text


def test_other_errors_stay() -> None:
    """Only conflicts are explained."""
    other = ApiError(422, {"message": "invalid"})

    assert other is ownership.explained(other, "mine")


def test_predecessors_fields_become_ours() -> None:
    """What kubectl or this provider wrote before is ours at the first apply; others' entries and status stay."""
    status = entry("kubectl", "Update", "status", subresource="status")
    entries = [entry("kubectl", "Update", "a"), entry("someone", "Update", "b"), status, entry("mine", "Apply", "c")]

    merged = ownership.merged_entries(entries, "mine")

    assert [entry("mine", "Apply", "a", "c"), entry("someone", "Update", "b"), status] == merged


def test_nothing_to_take_over() -> None:
    """Entries without a predecessor are left as they are, so that no request is made."""
    entries = [entry("mine", "Apply", "a"), entry("someone", "Update", "b")]

    assert entries is ownership.merged_entries(entries, "mine")


def test_ignored_fields() -> None:
    """An ignored field of ours keeps its live value, one that only others own is not sent, an absent one is."""
    live = {
        "metadata": {"managedFields": [entry("mine", "Apply", "ours"), entry("hpa", "Update", "theirs")]},
        "ours": 5,
        "theirs": 7,
    }
    item = {"ours": 1, "theirs": 1, "absent": 1}

    assert {"ours": 5, "absent": 1} == ownership.without_ignored(item, live, "mine", ["ours", "theirs", "absent"])
