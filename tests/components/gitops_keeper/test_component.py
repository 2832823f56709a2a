"""GitOpsKeeper under mocks: where it is, what it may do, and that nothing waits for it."""

import pytest

from components import GitOpsKeeper
from components.gitops.kinds import TEAM_KINDS
from components.gitops_keeper.manifests import hooks
from tests.recorder import Recording, run


@pytest.fixture(scope="module")
def made() -> Recording:
    return run(lambda: GitOpsKeeper("argocd-keeper", {"image": "causeway/argocd-keeper:1.0.0"}) and None)


def test_it_has_a_namespace_of_its_own(made: Recording) -> None:
    """Issue 13, 1: it outlives Argo CD's namespace: not an object of it is in there, nor a right that would go with it."""
    assert {"argocd-keeper"} == {manifest["metadata"].get("namespace", "argocd-keeper") for manifest in made.manifests()}
    assert not [manifest for manifest in made.manifests() if manifest["kind"] in ("Role", "RoleBinding")]


def test_it_may_not_make_or_read_more_than_it_needs(made: Recording) -> None:
    """2.6: it deletes Applications alone, changes what Argo CD may, and reads no Secret; no right is a wildcard."""
    rules = made.one("ClusterRole", "argocd-keeper")["rules"]

    assert [{"applications", "applicationsets"}] == [set(rule["resources"]) for rule in rules if "delete" in rule["verbs"]]
    assert not {"secrets", "*"} & {name for rule in rules for name in rule["resources"]}
    assert {"delete", "get", "list", "patch"} == {verb for rule in rules for verb in rule["verbs"]}


def test_up_does_not_wait_for_it(made: Recording) -> None:
    """Issue 13, 1: the namespaces that depend on it are made at once; an image that cannot be pulled stops no `up`, and no destroy."""
    assert "true" == made.one("Deployment", "argocd-keeper")["metadata"]["annotations"]["pulumi.com/skipAwait"]


def test_hooks_are_looked_for_wherever_a_sync_may_have_them() -> None:
    """Issue 13, 1: every kind that a team's Application may hold, by the path that Kubernetes has it at."""
    assert len(TEAM_KINDS) == len(hooks())
    assert {"/apis/batch/v1/jobs", "/api/v1/services", "/apis/autoscaling/v2/horizontalpodautoscalers"} <= set(hooks())
