"""One set of inputs gives the same objects on every target, but for what the profile owns."""

from tests.stacks.portability import PAGE
from tests.stacks.portability_workloads import TARGETS, TITLE, differences, fields, owners, section, slices


def test_page_shows_every_difference() -> None:
    """Issue 4, item 7: docs/portability.md has the table as it is; a new difference is run through python -m tests.stacks.portability."""
    shown = PAGE.read_text().partition(f"## {TITLE}\n")[2].partition("\n## ")[0]

    assert section().partition("\n")[2] == shown


def test_profile_owns_every_difference() -> None:
    """Issue 4, item 7: each field that differs follows one key of the profile, so nothing else knows the target."""
    owned = owners()

    assert not [field for field in differences({target: fields(slice_) for target, slice_ in slices().items()}) if not owned.get(field)]


def test_same_profile_same_objects() -> None:
    """With one target's profile everywhere, nothing differs: the inputs themselves know no target."""
    here = slices()["minikube"]

    assert [] == differences({target: fields(here) for target in TARGETS})


def test_every_pattern_is_there() -> None:
    """The table is about all six patterns, and about objects that the shop has none of."""
    names = {name for name, _ in fields(slices()["minikube"])}

    assert {"StatefulSet stateful-all", "DaemonSet daemon-all", "Job job-all", "HorizontalPodAutoscaler worker-all"} <= names
