"""The layout: what is refused, by its path; secrets in the clear; and who owns what."""

import pytest

from components.gitops.layout_check import problems, services
from components.gitops.ownership import Identity, argo_inventory, doubly_owned, identity, lost
from components.gitops.scanner import looks_random, scan
from components.gitops.seed import digest, header, tree
from components.shop.workloads import DELEGABLE
from components.workload import render
from tests.components.gitops.layouts import FILES, SERVICES, spoiled
from workspace.home import REPOSITORY

STAGING = "apps/web/envs/staging/values.yaml"
KEY = "-----BEGIN " + "PRIVATE KEY-----"
POD = "apiVersion: v1\nkind: {kind}\nmetadata:\n  name: x\n  namespace: {namespace}\n"


def test_generated_layout_is_right() -> None:
    """2.03: what `init` writes, `check` accepts."""
    assert [] == problems(FILES)
    assert {name: {"development", "staging", "production"} for name in DELEGABLE} == services(FILES)


def test_repository_has_what_is_generated() -> None:
    """2.03: `gitops/` is what `init` makes of the shop; environment files may have moved on."""
    committed = {path: (REPOSITORY / "gitops" / path).read_text() for path in FILES if (REPOSITORY / "gitops" / path).is_file()}

    assert set(FILES) == set(committed)
    assert [] == [path for path in FILES if "/envs/" not in path and FILES[path] != committed[path]], "fix: causeway gitops init"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"charts/x.yaml": "a: 1"}, "charts: has no place in the layout", id="folder"),
        pytest.param({"bootstrap/projects.yaml": None}, "bootstrap/projects.yaml: is missing", id="no teams"),
        pytest.param(
            {"bootstrap/projects.yaml": "projects: {shop: {}}"}, "projects.shop.namespaces: is required", id="team without namespace"
        ),
        pytest.param(
            {"bootstrap/projects.yaml": "projects: {shop: {namespaces: [shop], roles: []}}"}, "projects.shop.roles", id="team's key"
        ),
        pytest.param({"apps/web/extra.yaml": "a: 1"}, "apps/web/extra.yaml: has no place in a service", id="file beside base"),
        pytest.param({"apps/web/base/Chart.yaml": None}, "apps/web/base: has no Chart.yaml", id="no chart"),
        pytest.param({"apps/new/base/Chart.yaml": "name: new"}, "apps/new/envs: is empty", id="no environment"),
        pytest.param({"apps/web/envs/stagin/values.yaml": "image: {tag: 1.0.0}"}, "did you mean 'staging'", id="environment's name"),
        pytest.param({"apps/web/envs/staging/patch.yaml": "a: 1"}, "has no place in an environment", id="file in environment"),
        pytest.param(
            {STAGING: "image: {tag: 1.0.0}\nreplica: 3"}, f"{STAGING}: replica: an environment may not set this", id="misspelt key"
        ),
        pytest.param({STAGING: "image: {tag: 1.0.0}\ntarget: {spread: x}"}, "target.spread: an environment may not set this", id="target"),
        pytest.param({STAGING: "image: {tag: latest}"}, "latest' may be another image tomorrow", id="floating tag"),
        pytest.param({STAGING: "replicas: 3"}, "image.tag: is required", id="no tag"),
        pytest.param({STAGING: "image: ["}, "line 2: is not YAML", id="no YAML"),
        pytest.param({"argocd/apps/shop.yaml": None}, "apps/web: is in no ApplicationSet", id="nobody's service"),
        pytest.param(
            {"argocd/apps/more.yaml": FILES["argocd/apps/shop.yaml"].replace("name: shop\n", "name: more\n", 1)},
            "in two ApplicationSets",
            id="two",
        ),
        pytest.param(
            {"argocd/apps/shop.yaml": FILES["argocd/apps/shop.yaml"].replace("project: shop", "project: shpo")},
            "did you mean 'shop'",
            id="project",
        ),
        pytest.param(
            {"argocd/apps/shop.yaml": FILES["argocd/apps/shop.yaml"].replace("wave: '1'", "wave: '0'")},
            "by its causeway.dev/depends-on it is 1",
            id="wave",
        ),
        pytest.param(
            {
                "argocd/apps/platform.yaml": FILES["argocd/apps/platform.yaml"].replace(
                    "sync-wave: '0'", "sync-wave: '0'\n    causeway.dev/depends-on: shop"
                )
            },
            "a cycle: platform -> shop -> platform",
            id="cycle",
        ),
        pytest.param(
            {"apps/web/base/templates/x.yaml": POD.format(kind="Secret", namespace="shop")}, "of a kind that a team may not have", id="kind"
        ),
        pytest.param(
            {"apps/web/base/templates/x.yaml": POD.format(kind="Service", namespace="stop")},
            "no team's, did you mean 'shop'",
            id="namespace",
        ),
        pytest.param(
            {"platform/x.yaml": POD.format(kind="Namespace", namespace="")}, "of a kind that Argo CD may not have", id="platform's kind"
        ),
        pytest.param(
            {"platform/limits/key.yaml": f"text: |\n  {KEY}\n"}, "platform/limits/key.yaml:2: looks like a private key", id="secret"
        ),
    ],
)
def test_refused_layout(changes: dict[str, str | None], message: str) -> None:
    """2.03, 2.12, 2.15: each mistake in a layout is named by its path, before anything reaches a cluster."""
    found = [f"{problem.path}: {problem.reason}" for problem in problems(spoiled(changes))]

    assert any(message in line for line in found), found


# Assembled here, so that no scanner takes this file for a leak.
@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param(KEY, "a private key", id="key"),
        pytest.param("key: AKIA" + "ABCDEFGHIJKLMNOP", "an AWS access key", id="aws"),
        pytest.param("t: ghp_" + "a1B2" * 9, "a GitHub token", id="github"),
        pytest.param("t: xoxb-" + "123456789012", "a Slack token or webhook", id="slack"),
        pytest.param("url: postgresql://shop:" + "hunter2" + "@database/shop", "a password in an address", id="address"),
        pytest.param("password: " + "aB3dE5fG7hJ9kL2mN4", "a value of 'password'", id="password"),
        pytest.param("DATABASE_TOKEN=" + "aB3dE5fG7hJ9kL2mN4", "a value of 'DATABASE_TOKEN'", id="variable"),
        pytest.param("a: eyJ" + "abcdefghij1" + ".eyJ" + "abcdefghij1" + ".abcdefghij1", "a JSON web token", id="jwt"),
    ],
)
def test_secret_is_found(line: str, what: str) -> None:
    """2.15: a secret in the clear is found by file and line, and its text is not repeated."""
    (found,) = scan({"apps/x.yaml": f"a: 1\n{line}\n"})

    assert ("apps/x.yaml", 2, what) == found


def test_secret_object_is_found() -> None:
    """2.15: base64 is no protection: a Secret with data is refused; a sealed one, or one without data, is not."""
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n"

    assert ["a Secret with its data: use a SealedSecret or an ExternalSecret"] == [
        found.what for found in scan({"x": f"{secret}data:\n  a: aGk=\n"})
    ]
    assert [] == scan({"x": secret, "y": "kind: SealedSecret\nspec:\n  encryptedData:\n    a: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq\n"})


@pytest.mark.parametrize(
    "line",
    ["secretName: shop-database-credentials-1", "secretsVersion: '1'", "password: '{{ .Values.password }}'", "token: $TOKEN", "tag: 1.0.0"],
)
def test_reference_is_no_secret(line: str) -> None:
    """2.15: names of secrets are what Git is for: the scanner lets them through."""
    assert [] == scan({"x": line})


def test_words_are_not_random() -> None:
    """2.15: a long word is no secret, a generated text is."""
    assert not looks_random("correct-horse-battery-staple")
    assert looks_random("aB3dE5fG7hJ9kL2mN4")


def _shop() -> set[Identity]:
    return {
        identity(made) for service in SERVICES for made in render(service.name, {**service.inputs, "platform": {"enable_monitors": True}})
    }


def test_nothing_is_lost() -> None:
    """2.14: every object of the shop's workloads that the program leaves out is in Argo CD's inventory."""
    argo = argo_inventory(FILES, "development")

    assert [] == lost(_shop(), [], argo)
    assert ["Deployment shop/web is owned by nobody"] == [
        problem.reason.partition(":")[0]
        for problem in lost(_shop(), [], {one for one in argo if one.kind != "Deployment" or one.name != "web"})
    ]


def test_nothing_is_owned_twice() -> None:
    """2.14: an object in both inventories is named, with the file that Argo CD has it from."""
    argo = argo_inventory(FILES, "development")
    deployment = Identity("apps", "Deployment", "shop", "web")

    assert [] == doubly_owned([Identity("apps", "StatefulSet", "shop", "database")], argo)
    (problem,) = doubly_owned([deployment], argo)
    assert "Deployment shop/web is owned twice: by this program and by Argo CD (apps/web/base/templates/objects.yaml)" in problem.reason


def test_service_without_environment_is_not_owned() -> None:
    """2.14: a service that has no directory for an environment is not deployed there, and so not Argo CD's."""
    files = {path: text for path, text in FILES.items() if not path.startswith("apps/web/envs/production")}

    assert "web" not in {one.name for one in argo_inventory(files, "production")}
    assert "web" in {one.name for one in argo_inventory(files, "staging")}


def test_seed_is_the_same_each_time() -> None:
    """2.02: equal files make an equal commit, so a second `up` gives the Git server nothing to do; sizes are of bytes."""
    assert tree(FILES, "gitops") == tree(dict(reversed(FILES.items())), "gitops")
    assert digest(tree(FILES, "gitops")) != digest(tree({**FILES, "README.md": "x"}, "gitops"))
    assert "M 100644 inline gitops/a\ndata 2\né\n" in tree({"a": "é"}, "gitops")
    assert header().startswith("commit refs/heads/main\ncommitter ")
