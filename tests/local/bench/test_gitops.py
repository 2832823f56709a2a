"""What the benchmark has Argo CD and kubectl make."""

from components.gitops.kinds import TEAM_KINDS
from local.bench.gitops import ARGOCD, NAME, application, application_set, project

URL = "http://git.example/platform.git"


def test_both_sides_make_what_a_team_may() -> None:
    """Issue 6, item 9: five objects of the kinds and in the namespace of the project, with no pod that would be measured along."""
    made = application(7)
    allowed = project(URL)["spec"]

    assert 5 == len(made)
    assert {item["kind"] for item in made} <= {kind.kind for kind in TEAM_KINDS}
    assert {NAME} == {item["metadata"]["namespace"] for item in made} == {place["namespace"] for place in allowed["destinations"]}
    assert [0] == [item["spec"]["replicas"] for item in made if item["kind"] == "Deployment"]


def test_applications_are_synced_as_the_platforms_are() -> None:
    """Issue 6, item 9: what is measured has the platform's own sync policy, project and cascade."""
    made = application_set(URL, "a1b2")
    template = made["spec"]["template"]

    assert ARGOCD == made["metadata"]["namespace"]
    assert NAME == template["spec"]["project"]
    assert "ServerSideApply=true" in template["spec"]["syncPolicy"]["syncOptions"]
    assert template["metadata"]["finalizers"]
    assert "a1b2" == template["spec"]["source"]["targetRevision"] == made["spec"]["generators"][0]["git"]["revision"]
