"""Nothing that Argo CD deploys from, or says, has a value of a Secret in it."""

import base64
import subprocess

import pytest

from components.secrets.leaks import find
from tests.live.gitops.conftest import GitOps

pytestmark = pytest.mark.live

LOGS = "kubectl logs --all-containers --prefix --tail=-1 -n argocd"
SAYING = (
    "kubectl get applications,applicationsets,appprojects,configmaps -n argocd -o json",
    "kubectl get deployments,statefulsets,cronjobs,configmaps,events -n shop -o json",
    f"{LOGS} statefulset/argocd-application-controller; {LOGS} deployment/argocd-repo-server; {LOGS} git-0",
    f"{LOGS} deployment/argocd-server; {LOGS} deployment/argocd-applicationset-controller",
)
GENERATED = 20
"""Characters from which a value is a secret one: shorter are names of users, and what begins with http is an address."""


def values(gitops: GitOps) -> dict[str, str]:
    """Every value that the stack made, by its place."""
    refs = gitops.platform.stack_output("secretRefs").values()
    found = {}
    for namespace, secret in {(ref["namespace"], ref["secret"]) for ref in refs}:
        data = gitops.platform.kubectl(f"get secret {secret} -n {namespace}")["data"]
        known = {key: base64.b64decode(value).decode() for key, value in data.items()}
        found |= {f"{secret}/{key}": value for key, value in known.items() if len(value) >= GENERATED and not value.startswith("http")}
    return found


def test_no_value_in_git_or_in_what_argo_cd_says(gitops: GitOps) -> None:
    """4.13: no value is in any commit of the repository, in what Argo CD made of them, in its objects, or in its logs.

    One that is committed on purpose, and not pushed, is found.
    """
    known = values(gitops)
    history = ("log", "--all", "--patch", "--format=full")
    places = {command: gitops.platform.output(command).encode() for command in SAYING} | {"git": gitops.git(*history).encode()}

    assert {"shop-database/password", "shop-database/database-url", "argocd-admin/password"} <= known.keys()
    assert {} == {place: found for place, content in places.items() if (found := find(known, content))}
    (gitops.clone / "leak.txt").write_text(known["shop-database/password"])
    gitops.git("add", "leak.txt")
    gitops.git("commit", "--quiet", "--message", "leak")
    leaked = subprocess.run(["git", "-C", gitops.clone, *history], capture_output=True, check=True).stdout
    gitops.git("reset", "--quiet", "--hard", "HEAD~1")
    assert "shop-database/password" in {leak.name for leak in find(known, leaked)}
