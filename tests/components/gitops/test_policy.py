"""Sync policies, projects, waves and the bridge: data in, data out."""

from typing import Any

import pytest

from components.gitops import sync_policy
from components.gitops.applications import Repository, ServiceSet, platform_set, root_application, service_set
from components.gitops.bridge import Facts, annotations, cluster_secret, policy_fact, read, workload_facts
from components.gitops.kinds import OBSERVED_KINDS, PLATFORM_KINDS, TEAM_KINDS, WRITE_VERBS, inclusions, rules
from components.gitops.projects import Project, app_project, platform_project, problems
from components.gitops.sync_policy import SYNC_POLICIES, SyncPolicy
from components.gitops.waves import order_problems, waves

REPOSITORY = "https://git.example/platform.git"
TEAM = Project("shop", ("shop",), (REPOSITORY,))
FACTS: dict[str, Any] = {
    "cluster": "causeway-minikube",
    "environment": "development",
    "repository": REPOSITORY,
    "revision": "main",
    "path": "gitops",
    "domain": "",
    "workload": workload_facts({}, ""),
    "sync_policy": policy_fact(SYNC_POLICIES["development"]),
    "identities": {},
}


@pytest.mark.parametrize("environment", SYNC_POLICIES)
def test_table_of_policies(environment: str) -> None:
    """2.06: every environment prunes last, heals, retries the newest commit 5 times from 5 s doubling to 3 min, and is never emptied."""
    made = sync_policy.sync_policy(SYNC_POLICIES[environment])

    assert {"prune": True, "selfHeal": True, "allowEmpty": False} == made["automated"]
    assert {"limit": 5, "refresh": True, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "180s"}} == made["retry"]
    assert {"ServerSideApply=true", "PruneLast=true", "CreateNamespace=false"} <= set(made["syncOptions"])


def test_production_has_windows() -> None:
    """2.06: production is synced in working hours, by hand at any time; the others are always."""
    projects = {name: app_project(TEAM, "argocd", {}, policy) for name, policy in SYNC_POLICIES.items()}

    assert "syncWindows" not in projects["development"]["spec"] | projects["staging"]["spec"]
    assert [("allow", True)] == [(window["kind"], window["manualSync"]) for window in projects["production"]["spec"]["syncWindows"]]


def test_manual_policy() -> None:
    """2.06: an environment can be synced by hand alone."""
    assert "automated" not in sync_policy.sync_policy(SyncPolicy(automated=False))


def test_only_an_autoscalers_replicas_are_ignored() -> None:
    """2.06: replicas that an autoscaler set are let be; the field as such is not ignored, or no hand-made scale would be reverted."""
    scaled = [entry for entry in sync_policy.ignored_differences() if entry["kind"] in ("Deployment", "StatefulSet")]

    assert [["kube-controller-manager"]] * 2 == [entry["managedFieldsManagers"] for entry in scaled]
    assert not any("jsonPointers" in entry for entry in scaled)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else [str(value)]


@pytest.mark.parametrize("project", [TEAM, platform_project("argocd", REPOSITORY, [TEAM])], ids=["team", "platform"])
def test_projects_have_no_wildcard(project: Project) -> None:
    """2.11: a project lists its repositories, namespaces and kinds, and has nothing cluster-wide."""
    spec = app_project(project, "argocd", {}, SyncPolicy())["spec"]

    assert not [text for text in _texts(spec) if "*" in text]
    assert [] == spec["clusterResourceWhitelist"]


def test_team_has_no_secrets_and_no_rights() -> None:
    """2.11: kinds by which a team could widen what it may do are not among its own."""
    forbidden = {"Secret", "Role", "RoleBinding", "Namespace", "AppProject", "Application", "ApplicationSet", "ResourceQuota"}

    assert not forbidden & {kind.kind for kind in TEAM_KINDS}


@pytest.mark.parametrize(
    ("projects", "reason"),
    [
        pytest.param([Project("default", ("a",), ())], "is taken", id="default project"),
        pytest.param([Project("platform", ("a",), ())], "is taken", id="platform's project"),
        pytest.param([Project("a", (), ())], "is empty", id="no namespace"),
        pytest.param([Project("a", ("*",), ())], "is a wildcard", id="wildcard"),
        pytest.param([Project("a", ("x",), ()), Project("b", ("x",), ())], "'x' is team a's already", id="two teams"),
    ],
)
def test_refused_projects(projects: list[Project], reason: str) -> None:
    """2.11: teams that would share a namespace, or take everything, are refused by name."""
    assert any(reason in problem.reason for problem in problems(projects))


def test_rights_without_wildcards() -> None:
    """Design, section 5: the controller's rights are the table of kinds, what Kubernetes derives is read only."""
    granted = rules(PLATFORM_KINDS, WRITE_VERBS)
    watched = {(entry["apiGroups"][0], kind) for entry in inclusions() for kind in entry["kinds"]}

    assert not [text for rule in granted for text in _texts(rule) if "*" in text]
    assert {(kind.group, kind.kind) for kind in (*PLATFORM_KINDS, *OBSERVED_KINDS)} == watched


def test_waves_follow_dependencies() -> None:
    """2.09: a unit's wave is one more than the last of what it depends on."""
    assert {"a": 0, "b": 1, "c": 1, "d": 2, "e": 0} == waves({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": []})


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, "a cycle: a -> b -> c -> a"),
        ({"a": ["a"]}, "a cycle: a -> a"),
        ({"apps": ["platfrom"], "platform": []}, "'platfrom', which is not there, did you mean 'platform'"),
    ],
)
def test_refused_graphs(graph: dict[str, list[str]], message: str) -> None:
    """2.09: a cycle is named from end to end, a unit that is not there by its nearest."""
    with pytest.raises(ValueError, match=message):
        waves(graph)


def test_custom_resource_before_its_kind() -> None:
    """2.09: a custom resource must come later than the definition of its kind, across units and inside one."""
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example"},
        "spec": {"group": "example", "names": {"kind": "Thing"}},
    }
    thing: dict[str, Any] = {"apiVersion": "example/v1", "kind": "Thing", "metadata": {"name": "one"}}
    later = {**thing, "metadata": {"name": "one", "annotations": {"argocd.argoproj.io/sync-wave": "1"}}}
    apart = {"kinds": [definition], "things": [thing]}

    assert [] == order_problems(apart, {"kinds": 0, "things": 1})
    assert ["things"] == [problem.path for problem in order_problems(apart, {"kinds": 0, "things": 0})]
    assert ["all"] == [problem.path for problem in order_problems({"all": [definition, thing]}, {"all": 0})]
    assert [] == order_problems({"all": [definition, later]}, {"all": 0})


def test_bridge_is_typed_on_both_ends() -> None:
    """Issue 6, item 8: what is written as annotations is read back as the same facts."""
    secret = cluster_secret(FACTS, "argocd", {})

    assert Facts(**FACTS) == read(secret["metadata"]["annotations"])
    assert {"name", "server", "config"} == set(secret["stringData"])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [({"causeway.dev/domain": None}, "causeway.dev/domain: is missing"), ({"causeway.dev/workload": "x"}, "no JSON object")],
)
def test_bridge_refuses(spoil: dict[str, str | None], message: str) -> None:
    """Issue 6, item 8: a fact that is missing or of another type is refused by its annotation."""
    found = {key: value for key, value in {**annotations(FACTS), **spoil}.items() if value is not None}

    with pytest.raises(ValueError, match=message):
        read(found)


def test_applications_in_git_name_no_target() -> None:
    """2.05, 2.17: an ApplicationSet has no address, no environment and no policy of its own; each comes from the cluster's facts."""
    made = [service_set(ServiceSet("shop", "shop"), "argocd", {}, 1), platform_set("argocd", {}, 0)]

    for known in (REPOSITORY, "development", "https://kubernetes", "selfHeal"):
        assert not any(known in text for each in made for text in _texts(each))


def test_facts_that_are_read_are_written() -> None:
    """Issue 6, item 8: an ApplicationSet reads no annotation that the bridge does not write."""
    text = " ".join(_texts(service_set(ServiceSet("shop", "shop"), "argocd", {}, 1)))
    read_here = {part.partition('"')[0] for part in text.split('.metadata.annotations "')[1:]}

    assert read_here
    assert read_here <= set(annotations(FACTS))


def test_one_root() -> None:
    """2.04: one Application reaches all others, cascades when it goes, and keeps 10 revisions."""
    root = root_application(Repository(REPOSITORY), "argocd", {}, SyncPolicy())

    assert "gitops/argocd/apps" == root["spec"]["source"]["path"]
    assert ["resources-finalizer.argocd.argoproj.io"] == root["metadata"]["finalizers"]
    assert 10 == root["spec"]["revisionHistoryLimit"]
