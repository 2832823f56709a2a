"""GitOpsStack: what it makes, hands on and refuses; the chart's values against the pinned chart, and the stand-in."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import bcrypt
import pulumi
import pytest
import yaml

from components import GitOpsStack
from components._inputs import merge, resolve
from components._value_keys import unknown
from components.gitops import credentials, gitops_secrets
from components.gitops.args import GitOpsStackArgs
from components.gitops.bridge import read
from components.gitops.checks import HELD, KEYS
from components.gitops.component import DEFAULTS
from components.gitops.password import admin_hash
from components.gitops.values import chart_values
from components.secrets import derive
from tests.components.gitops.layouts import FILES, helm
from tests.conftest import SEED
from tests.recorder import Recording, run
from workspace.home import REPOSITORY

UPSTREAM = REPOSITORY.parent / "shared/upstream/argo-cd-10.1.1"
DOUBLE = REPOSITORY / "stand_ins/charts/argo-cd"
INPUTS: dict[str, Any] = {
    "charts": {"argo-cd": {"version": "1.0.0", "repository": "https://charts.example"}},
    "files": FILES,
    "projects": {"shop": {"namespaces": ["shop"]}},
    "git_server_image": "causeway/git-server:1.0.0",
    "platform": {"enable_git_server": True, "enable_door": True, "poll_interval": "15s"},
}
CLOUD: dict[str, Any] = {
    **{key: value for key, value in INPUTS.items() if key not in ("git_server_image", "platform")},
    "repository": {"url": "https://git.example/platform.git"},
    "environment": "production",
    "platform": {"size": "large", "keep_definitions": True},
    "sign_on": {
        "name": "Example",
        "issuer": "https://id.example",
        "client_id": "argocd",
        "secret": "argocd-sign-on",
        "admin_group": "platform",
    },
}
REDIS_HA = {
    "haproxy": {"extraConfig": "", "init": {"resources": {}}, "resources": {}},
    "init": {"resources": {}},
    "redis": {"resources": {}},
    "sentinel": {"resources": {}},
    "splitBrainDetection": {"resources": {}},
}
"""Keys of the chart's dependency redis-ha 4.38.0, which are not among the chart's own values."""
DOOR = {"argocd-ingress": {"status": {"loadBalancer": {"ingress": [{"ip": "198.18.0.2"}]}}}}


def stack(inputs: Mapping[str, Any] = INPUTS, **changes: Any) -> Recording:
    args: Any = {**inputs, **changes}

    def build() -> None:
        made = GitOpsStack("gitops", args)
        pulumi.export("urls", made.urls)

    return run(build, states=DOOR)


def values(inputs: Mapping[str, Any] = INPUTS) -> dict[str, Any]:
    return chart_values(resolve("gitops", "sample", GitOpsStackArgs, inputs, DEFAULTS))


def paths(tree: Mapping[str, Any], known: Any, path: str = "") -> Iterator[str]:
    """The paths of `tree` as deep as the chart's own values have keys: below that they are the user's."""
    for key, value in tree.items():
        yield f"{path}{key}"
        inner = known.get(key) if isinstance(known, Mapping) else None
        if isinstance(value, Mapping) and isinstance(inner, Mapping) and inner:
            yield from paths(value, inner, f"{path}{key}.")


@pytest.mark.skipif(not UPSTREAM.exists(), reason="the chart's own values are not on this machine; the committed list says the same")
@pytest.mark.parametrize("inputs", [INPUTS, CLOUD], ids=["small", "large"])
def test_every_key_exists_in_the_chart(inputs: Mapping[str, Any]) -> None:
    """Issue 6, item 1: a key that the chart does not have would be silently ignored; Argo CD's own settings are free text to it."""
    chart = yaml.safe_load((UPSTREAM / "values.yaml").read_text())
    for settings in ("cm", "params", "rbac"):
        chart["configs"][settings] = {}
    chart["redis-ha"] = merge(chart["redis-ha"], REDIS_HA)

    assert set() == set(paths(values(inputs), chart)) - set(paths(chart, chart))
    assert set(chart) == set(json.loads(KEYS.read_text()))


@pytest.mark.parametrize("inputs", [INPUTS, CLOUD], ids=["small", "large"])
def test_every_key_is_in_the_list(inputs: Mapping[str, Any]) -> None:
    """Issue 6, item 1: the committed list says the same for three levels, where the chart's values are not at hand."""
    assert [] == list(unknown(values(inputs), json.loads(KEYS.read_text()), "values"))


def test_held_keys_are_keys() -> None:
    """What the escape hatch refuses exists: a misspelt entry would guard nothing."""
    for path in HELD:
        tree: Any = True
        for part in reversed(path.split(".")):
            tree = {part: tree}
        assert [] == list(unknown(tree, json.loads(KEYS.read_text()), "values"))


def test_small_and_large() -> None:
    """2.01: one pod of each and no more than 700Mi requested on a laptop; two of each and a redis that survives a node in the cloud."""
    small, large = values(), values(CLOUD)
    requested = [part["resources"]["requests"]["memory"] for part in small.values() if isinstance(part, dict) and "resources" in part]

    assert 700 >= sum(int(memory.removesuffix("Mi")) for memory in requested)
    assert (False, True) == (small["redis-ha"]["enabled"], large["redis-ha"]["enabled"])
    assert [(2, 1)] * 3 == [
        (large[part]["replicas"], large[part]["pdb"]["maxUnavailable"]) for part in ("server", "repoServer", "applicationSet")
    ]


def test_redis_of_the_cloud_is_bounded() -> None:
    """2.01: each container of the redis that survives a node has a request and a limit, and its proxy room for a bounded number."""
    redis = values(CLOUD)["redis-ha"]
    asked = [redis[part] for part in ("haproxy", "init", "redis", "sentinel", "splitBrainDetection")] + [redis["haproxy"]["init"]]

    assert all(part["resources"]["requests"]["memory"] and part["resources"]["limits"]["memory"] for part in asked)
    assert "maxconn 4096" in redis["haproxy"]["extraConfig"]


@pytest.mark.parametrize("inputs", [INPUTS, CLOUD], ids=["small", "large"])
def test_only_our_policies_open_the_namespace(inputs: Mapping[str, Any]) -> None:
    """Design, section 5: the chart's own network policies, which open API and metrics to every namespace, are off; ours name who may."""
    opened = [rule.get("from") for policy in stack(inputs).manifests("NetworkPolicy") for rule in policy["spec"].get("ingress", [])]

    assert {"create": False} == values(inputs)["global"]["networkPolicy"]
    assert opened
    assert all(opened)
    assert "{'namespaceSelector': {}}" not in str(opened)


def test_administrator_or_sign_on() -> None:
    """2.01: with single sign-on nobody has the administrator's password, and the client's secret is named, not given."""
    small, large = values()["configs"], values(CLOUD)["configs"]

    assert (True, False) == (small["cm"]["admin.enabled"], large["cm"]["admin.enabled"])
    assert "clientSecret: $argocd-sign-on:client-secret" in large["cm"]["oidc.config"]
    assert "g, platform, role:admin" in large["rbac"]["policy.csv"]


@pytest.mark.parametrize("inputs", [INPUTS, CLOUD], ids=["small", "large"])
def test_no_secret_and_no_wildcard_in_values(inputs: Mapping[str, Any]) -> None:
    """Design, section 5: values hold no password, and no right is a wildcard, though the chart's default is everything."""
    made = values(inputs)
    granted = made["controller"]["clusterRoleRules"]["rules"] + made["server"]["clusterRoleRules"]["rules"]

    assert made["controller"]["clusterRoleRules"]["enabled"] is made["server"]["clusterRoleRules"]["enabled"] is True
    assert "*" not in json.dumps(granted)
    assert {"createSecret": False} == made["configs"]["secret"]


def test_health_is_installed() -> None:
    """2.09: without a health of their own neither Applications nor ApplicationSets would hold back a wave."""
    cm = values()["configs"]["cm"]

    for kind in ("Application", "ApplicationSet"):
        assert "Progressing" in cm[f"resource.customizations.health.argoproj.io_{kind}"]


def test_administrators_hash_is_of_the_password() -> None:
    """Issue 6, item 1: the hash that Argo CD gets is of the password that SecretsStore generates, and the same at each run."""
    password = derive(SEED, namespace="argocd", name="argocd-admin", key="password", version=1, length=32)

    assert admin_hash(SEED) == admin_hash(SEED)
    assert bcrypt.checkpw(password.encode(), admin_hash(SEED).encode())


def test_one_root_after_everything() -> None:
    """2.04: one Application, whose project, facts and repository are there before it; `up` waits until all it reaches is healthy."""
    made = stack()
    root = made.one("Application")
    projects = {project["metadata"]["name"]: project for project in made.manifests("AppProject")}

    assert {"platform", "shop"} == set(projects)
    assert "Healthy" in root["metadata"]["annotations"]["pulumi.com/waitFor"]
    assert [root["spec"]["source"]["repoURL"]] == projects["shop"]["spec"]["sourceRepos"]
    assert "root-application" == made.urns()[-1].rpartition("::")[2]


def test_facts_can_be_read() -> None:
    """Issue 6, item 8: what the stack writes on the cluster Secret is what an ApplicationSet's end of the bridge expects."""
    facts = read(stack(secrets_version="7", identities={"web": "arn:x"}).one("Secret")["metadata"]["annotations"])

    assert ("http://git.argocd.svc.cluster.local:8080/platform.git", "development") == (facts.repository, facts.environment)
    assert ("7", {"web": "arn:x"}) == (facts.workload["secretsVersion"], facts.identities)


def test_git_server_only_where_there_is_none_outside() -> None:
    """2.02: no outside Git host is needed where the target has a Git server; elsewhere there is none inside."""
    assert "git" == stack().one("StatefulSet")["metadata"]["name"]
    assert not stack(CLOUD).manifests("StatefulSet")


def test_urls() -> None:
    """The door is a path where there is no domain, a host where there is one, and nothing where it is closed."""
    assert {"argocd": "http://198.18.0.2/argocd/"} == stack().outputs["urls"]
    assert {"argocd": "http://argocd.example.com/"} == stack(workload_platform={"domain": "example.com"}).outputs["urls"]
    assert {} == stack(CLOUD).outputs["urls"]


def test_secrets_are_named() -> None:
    """Issue 6, item 1: every credential is made by SecretsStore, under the names that chart and Argo CD look for."""
    names = {"argocd-admin", "argocd-redis", "argocd-secret"}

    assert names | {"git-server"} == set(gitops_secrets("hash", credentials.inside("argocd")))
    assert names == set(gitops_secrets("hash", credentials.outside("https://git.example/platform.git", None)))
    assert names | {"git-repository"} == set(gitops_secrets("hash", credentials.outside("https://git.example/platform.git", "token")))


@pytest.mark.parametrize(
    ("address", "username", "expected"),
    [
        pytest.param("https://git.example/platform.git", None, {"username": "git", "password": "given"}, id="https"),
        pytest.param("https://git.example/platform.git", "robot", {"username": "robot", "password": "given"}, id="username"),
        pytest.param("git@git.example:platform.git", None, {"sshPrivateKey": "given"}, id="ssh"),
        pytest.param("ssh://git@git.example:7999/team/platform.git", None, {"sshPrivateKey": "given"}, id="ssh with a port"),
        pytest.param("https://team@git.example/team/_git/x", None, {"username": "git", "password": "given"}, id="https with a user"),
    ],
)
def test_credential_of_a_private_repository(address: str, username: str | None, expected: dict[str, str]) -> None:
    """Issue 6, item 1: the repository's Secret has the keys that Argo CD reads for this kind of address, and its label."""
    keys = credentials.outside(address, "given", username)["git-repository"]

    assert {"type": "git", "url": address, **expected} == {key: wanted["value"] for key, wanted in keys.items()}
    assert {"argocd.argoproj.io/secret-type": "repository"} == credentials.LABELS["git-repository"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://git.example/platform.git", 443),
        ("https://git.example:8443/platform.git", 8443),
        ("http://git.example/platform.git", 80),
        ("git@git.example:7999/platform.git", 22),
        ("ssh://git@git.example/platform.git", 22),
        ("ssh://git@git.example:7999/team/platform.git", 7999),
    ],
)
def test_way_to_the_repository(address: str, expected: int) -> None:
    """Issue 15, cases: the repo server may reach the port that the address names, and no other outside."""
    made = stack(platform={"enable_git_server": False}, repository={"url": address, "revision": "main", "path": ""})

    assert [{"port": expected, "protocol": "TCP"}] == made.one("NetworkPolicy", "gitops-git")["spec"]["egress"][0]["ports"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        *(
            pytest.param({"repository": {"url": url}, "platform": {}}, f"repository.url: given '{shown}'; allowed: https://", id=url)
            for url, shown in {
                "ssh://git.example/x": "ssh://git.example/x",
                "https://me:x@git.example/x": "https://me:...@git.example/x",
                "git.example/x": "git.example/x",
                "ftp://git.example/x": "ftp://git.example/x",
                "git@git.example": "git@git.example",
            }.items()
        ),
        pytest.param(
            {"environment": "prodution"}, "environment: 'prodution' has no sync policy, did you mean 'production'", id="environment"
        ),
        pytest.param({"charts": {}}, "charts.argo-cd: is required", id="chart"),
        pytest.param({"git_server_image": None}, "git_server_image: is required", id="image"),
        pytest.param({"platform": {}}, "repository.url: is required where no Git server", id="repository"),
        pytest.param({"platform": {"enable_git_server": True, "poll_interval": "soon"}}, "'soon' is no duration", id="interval"),
        pytest.param({"files": {}}, "has nothing below argocd", id="no files"),
        pytest.param({"files": {**FILES, "x/y": ""}}, "files: x: has no place in the layout", id="layout"),
        pytest.param({"projects": {"a": {"namespaces": ["*"]}}}, "is a wildcard", id="wildcard"),
        pytest.param(
            {"values": {"contoller": {}}}, "values.contoller: the chart has no such key in its values, did you mean 'controller'", id="key"
        ),
        pytest.param({"values": {"controller": {"clusterRoleRules": {"enabled": False}}}}, "holds the stack together", id="held"),
        pytest.param({"values": {"externalRedis": {"password": "x"}}}, "would be readable in the release", id="password"),
    ],
)
def test_refused(changes: dict[str, Any], message: str) -> None:
    """2.01: a bad input is refused by its path before the first resource."""
    with pytest.raises(pulumi.InputPropertiesError, match=message.replace("*", r"\*")):
        stack(**changes)


@pytest.mark.skipif(not UPSTREAM.exists(), reason="the chart's list of objects is not on this machine")
def test_double_makes_objects_of_the_chart() -> None:
    """From our values the stand-in makes only objects that the chart makes, by kind and name, and takes every key."""
    answer = helm("template", "argocd", DOUBLE, "--namespace", "argocd", values=values())
    made = {(item["kind"], item["metadata"]["name"]) for item in yaml.safe_load_all(answer.stdout) if item}
    lines = [line.split() for line in (UPSTREAM / "default-objects.txt").read_text().splitlines()]
    # The list was made under another release's name; metrics are off by default, and on with us.
    chart = {(line[0], line[-1].replace("argo-cd-argocd", "argocd")) for line in lines}
    chart |= {(kind, f"{name}-metrics") for kind, name in chart if kind == "Service"} | {
        ("Service", "argocd-application-controller-metrics")
    }

    assert "" == answer.stderr
    assert set() == made - chart


def test_double_takes_a_cloud() -> None:
    """Issue 8, item 3: what a cloud asks of the chart is made: two of each, and a redis of three behind proxies instead of the one."""
    answer = helm("template", "argocd", DOUBLE, "--namespace", "argocd", values=values(CLOUD))
    found = [item for item in yaml.safe_load_all(answer.stdout) if item]
    made = {item["metadata"]["name"]: item["spec"]["replicas"] for item in found if "replicas" in item.get("spec", {})}
    budgets = {item["metadata"]["name"] for item in found if item["kind"] == "PodDisruptionBudget"}

    assert "" == answer.stderr
    assert {
        "argocd-application-controller": 1,
        "argocd-applicationset-controller": 2,
        "argocd-redis-ha-haproxy": 3,
        "argocd-redis-ha-server": 3,
        "argocd-repo-server": 2,
        "argocd-server": 2,
    } == made
    assert {"argocd-applicationset-controller", "argocd-repo-server", "argocd-server"} == budgets


def test_double_refuses_an_unknown_key() -> None:
    """A key that the stand-in does not know is an error, never ignored."""
    answer = helm("template", "argocd", DOUBLE, values={**values(), "commitServer": {"enabled": True}})

    assert answer.returncode != 0
    assert "commitServer" in answer.stderr


def test_double_has_the_pins() -> None:
    """The stand-in has the real chart's version, and its images are those of versions.json."""
    pins = json.loads((REPOSITORY / "components" / "versions.json").read_text())
    images = yaml.safe_load((DOUBLE / "values.yaml").read_text())["images"]

    assert set(images.values()) <= set(pins["images"].values())
    assert pins["charts"]["argo-cd"]["version"] == yaml.safe_load((DOUBLE / "Chart.yaml").read_text())["version"]
