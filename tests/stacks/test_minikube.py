"""The whole program on the minikube stack, without an engine."""

from pathlib import Path

import pytest

from tests.stacks.program import REPOSITORY, run_stack

GOLDEN = REPOSITORY / "tests/stacks/minikube.urns"

pytestmark = pytest.mark.usefixtures("home")


def test_urns() -> None:
    """URNs are public: a change of the golden list needs an alias or a changelog entry."""
    assert GOLDEN.read_text().split() == sorted(run_stack("minikube").urns())


def test_outputs_have_the_agreed_names() -> None:
    """Every target exports urls, workloads and secretRefs, and no value of a secret."""
    outputs = run_stack("minikube").outputs

    doors = {name: f"http://198.51.100.7/{name}/" for name in ("grafana", "prometheus", "alertmanager")}
    assert {"shop": "http://198.51.100.7/", **doors} == outputs["urls"]
    assert {"kind": "StatefulSet", "namespace": "shop", "pattern": "stateful"} == outputs["workloads"]["database"]
    assert {"namespace": "shop", "secret": "shop-database", "key": "password"} == outputs["secretRefs"]["shop-database/password"]
    assert {"namespace": "monitoring", "secret": "grafana-admin", "key": "admin-password"} == outputs["secretRefs"][
        "grafana-admin/admin-password"
    ]


def test_url_is_unset_until_the_front_door_has_an_address() -> None:
    """A URL that nobody published is not made up."""
    assert {} == run_stack("minikube", states={}).outputs["urls"]


def test_preview_needs_no_cluster() -> None:
    """A preview runs to its end though no object exists yet."""
    assert run_stack("minikube", states={}, preview=True).manifests("Deployment")


def test_missing_seed_is_one_line(home: Path) -> None:
    """Without a seed nothing is generated and nothing is registered."""
    (home / "seed").unlink()

    with pytest.raises(Exception, match="needed: the seed"):
        run_stack("minikube")
