"""Whose a local cluster is, and which address range it has, among the checkouts of one machine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.cluster import layout, lifecycle
from workspace.home import Home
from workspace.progress import Problem

Checkout = Callable[..., Home]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout on a machine of its own: the folders of local clusters lie below `tmp_path`."""
    monkeypatch.setattr(Home, "cluster_directory", property(lambda home: tmp_path / "clusters" / home.cluster))
    monkeypatch.setattr(Home, "run_directory", property(lambda home: tmp_path / "run" / home.cluster))
    monkeypatch.setattr(lifecycle, "stop", lambda _: None)
    return lambda name, cluster: Home(tmp_path / name, tmp_path / "cache", cluster)


def test_checkouts_that_start_together_get_ranges_of_their_own(checkout: Checkout) -> None:
    """Item 6, side by side: however many look at the same moment, no two get one range, and one gets the same again."""
    homes = [checkout(f"checkout{number}", f"cluster{number}") for number in range(layout.MOST_CLUSTERS)]
    with ThreadPoolExecutor(len(homes)) as pool:
        clusters = list(pool.map(layout.reserve, homes))

    assert set(range(layout.MOST_CLUSTERS)) == {cluster.index for cluster in clusters}
    assert clusters == [layout.reserve(home) for home in homes]


def test_checkout_without_a_cluster_is_no_ninth(checkout: Checkout) -> None:
    """Item 6: where eight clusters exist, `down` of another checkout still finds that it has none."""
    for number in range(layout.MOST_CLUSTERS):
        layout.reserve(checkout(f"checkout{number}", f"cluster{number}"))
    ninth = checkout("ninth", "ninth")

    assert layout.made(ninth) is None
    with pytest.raises(Problem, match="8 local clusters exist already"):
        layout.reserve(ninth)


def test_kept_volumes_stay_their_owners(checkout: Checkout) -> None:
    """Item 6: after `down --keep-data` no other checkout of the same name takes the volumes over, or deletes them."""
    owner, other = checkout("owner", "causeway"), checkout("other", "causeway")
    cluster = layout.reserve(owner)
    owner.state.mkdir()
    (cluster.volumes / "orders").mkdir()
    lifecycle.delete(cluster, keep_data=True)

    for ask in (layout.made, layout.reserve):
        with pytest.raises(Problem, match=f"belongs to {owner.state}"):
            ask(other)
    assert layout.made(owner) == cluster
    assert [Path("orders")] == [path.relative_to(cluster.volumes) for path in cluster.volumes.iterdir()]


def test_cluster_of_a_deleted_checkout_can_be_taken_down(checkout: Checkout) -> None:
    """Item 6: where the checkout that made a cluster was deleted or moved, `up` says so, and `down` of another one takes it away."""
    cluster = layout.reserve(checkout("deleted", "causeway"))
    other = checkout("other", "causeway")

    with pytest.raises(Problem, match=r"belongs to .*/deleted, which is gone: run \./scripts/down here, or set CAUSEWAY_CLUSTER"):
        layout.reserve(other)
    assert cluster == layout.made(other, abandoned=True)


def test_cluster_of_another_checkout_is_not_taken_down(checkout: Checkout) -> None:
    """Item 6: `down` takes away what nobody owns, never what another checkout does."""
    owner = checkout("owner", "causeway")
    layout.reserve(owner)
    owner.state.mkdir()

    with pytest.raises(Problem, match=r"belongs to .*/owner: run \./scripts/down there, or set CAUSEWAY_CLUSTER to another name$"):
        layout.made(checkout("other", "causeway"), abandoned=True)


def test_half_written_identity_stops_nobody(checkout: Checkout) -> None:
    """Item 10: what a killed run left of its record is neither another checkout's problem nor its own."""
    mine, other = checkout("mine", "mine"), checkout("other", "other")
    identity = layout.reserve(mine).identity
    identity.write_text('{"index"')

    assert {0, 1} == {layout.reserve(other).index, layout.reserve(mine).index}


def test_deleted_cluster_leaves_no_file(checkout: Checkout) -> None:
    """Item 6: after `down` there is nothing, and the range is free again."""
    home = checkout("mine", "mine")
    lifecycle.delete(layout.reserve(home))

    assert layout.made(home) is None
    assert not home.cluster_directory.exists()
    assert 0 == layout.reserve(checkout("other", "other")).index


def test_last_cluster_leaves_no_folder(checkout: Checkout, tmp_path: Path) -> None:
    """Item 6: the folders of all clusters go with the last one, and stay while another cluster, or anything else, is in them."""
    first, last = (layout.reserve(checkout(name, name)) for name in ("first", "last"))
    for cluster in (first, last):
        cluster.run.rmdir()
    lifecycle.delete(first)
    assert (tmp_path / "clusters").is_dir()

    lifecycle.delete(last)
    assert [] == list(tmp_path.iterdir())


def test_folder_with_something_else_stays(checkout: Checkout, tmp_path: Path) -> None:
    """Item 6: what others put beside the clusters is never touched."""
    cluster = layout.reserve(checkout("mine", "mine"))
    cluster.run.rmdir()
    for folder in ("clusters", "run"):
        (tmp_path / folder / "not ours").touch()
    lifecycle.delete(cluster)

    assert ["clusters/not ours", "run/not ours"] == sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*"))


def test_kept_volumes_keep_their_folder(checkout: Checkout) -> None:
    """Item 6: `down --keep-data` removes no folder in which volumes are."""
    cluster = layout.reserve(checkout("owner", "causeway"))
    lifecycle.delete(cluster, keep_data=True)

    assert cluster.volumes.is_dir()


def test_down_beside_up(checkout: Checkout) -> None:
    """Item 6, side by side: where one checkout's `down` removes the folders that another's `up` just looks at, both end well."""

    def come_and_go(number: int) -> list[int]:
        home = checkout(f"checkout{number}", f"cluster{number}")
        found = []
        for _ in range(40):
            cluster = layout.reserve(home)
            found.append(cluster.index)
            assert cluster.identity.exists()
            lifecycle.delete(cluster)
        return found

    with ThreadPoolExecutor(6) as pool:
        assert all(len(found) == 40 for found in pool.map(come_and_go, range(6)))
