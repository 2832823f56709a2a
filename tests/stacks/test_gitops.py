"""The program where Argo CD owns a part of the shop: who owns what, in a preview too."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import pulumi
import pytest

from components.gitops.bridge import read
from components.gitops.ownership import argo_inventory, identity
from components.shop import delegable
from components.workload import render
from stack.parts import gitops as delivery
from tests.recorder import Recording, run
from tests.stacks.clouds import ANSWERS
from tests.stacks.program import ALONE, FRONT_DOOR, REPOSITORY, _program, run_stack, stack_config

SECRET_TYPE = "argocd.argoproj.io/secret-type"
ROLE = {"external-secrets": {"arn": "arn:aws:iam::111122223333:role/external-secrets"}}
FROM_OUTSIDE = {"repository": {"url": "https://git.example/platform.git"}}

pytestmark = pytest.mark.usefixtures("home")


def with_gitops(target: str = "minikube", preview: bool = False, **changes: str) -> Recording:
    gitops = {"enabled": True, **({} if target == "minikube" else FROM_OUTSIDE)}
    config = stack_config(REPOSITORY / f"Pulumi.{target}.yaml") | {"causeway:gitops": json.dumps(gitops)} | changes
    return run(_program, config=config, states={**FRONT_DOOR, **ANSWERS, **ROLE}, stack=target, preview=preview)


def owned(made: Recording) -> set[Any]:
    return {identity(manifest) for manifest in made.manifests()}


@pytest.mark.parametrize(("target", "simulated", "is_there"), [("minikube", "", True), ("minikube", "true", False), ("eks", "", False)])
def test_argo_cd_is_there_where_git_is(monkeypatch: pytest.MonkeyPatch, target: str, simulated: str, is_there: bool) -> None:
    """Issue 6, item 3: unasked, Argo CD owns a part of the shop on minikube; not where no pod runs, nor where nobody said which Git."""
    monkeypatch.setenv("CAUSEWAY_SIMULATED", simulated)
    config = stack_config(REPOSITORY / f"Pulumi.{target}.yaml")
    made = run(_program, config=config, states={**FRONT_DOOR, **ANSWERS}, stack=target)

    assert is_there == ("Application" in {manifest["kind"] for manifest in made.manifests()})
    assert is_there != any(identity(manifest).name == "worker" for manifest in made.manifests())


def test_every_object_has_one_owner() -> None:
    """2.14: what the program no longer makes is exactly what Argo CD makes; nothing is in both, nothing in neither."""
    alone, together = owned(run_stack("minikube", **ALONE)), owned(with_gitops())
    argo = argo_inventory(delivery.read(REPOSITORY / "gitops"), "development")

    assert not together & argo.keys()
    assert alone - together == alone & argo.keys()
    assert {"web", "worker", "report"} <= {one.name for one in alone - together}


@pytest.mark.parametrize("target", ["minikube", "eks", "gke"])
def test_contracts_hold(target: str) -> None:
    """Issues 3 and 8, item 7: whoever owns a workload, urls, workloads and secretRefs keep their names and content, domain or none."""
    alone, together = run_stack(target, {**FRONT_DOOR, **ANSWERS}, **ALONE).outputs, with_gitops(target).outputs

    assert alone["workloads"] == together["workloads"]
    assert alone["urls"].items() <= together["urls"].items()
    assert alone["secretRefs"].items() <= together["secretRefs"].items()


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
def test_object_of_two_owners_stops_the_program(preview: bool) -> None:
    """2.14: an object that Argo CD applies too is refused by its name, in a preview as well."""
    files = {**delivery.read(REPOSITORY / "gitops"), "platform/limits/twice.yaml": _database()}

    with patch("stack.parts.gitops.read", lambda _: files), pytest.raises(Exception, match="StatefulSet shop/database is owned twice"):
        with_gitops(preview=preview)


def _database() -> str:
    head: Mapping[str, Any] = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "database", "namespace": "shop"}}
    return json.dumps(head)


def test_object_of_no_owner_stops_the_program() -> None:
    """2.14: an object that nobody would make any more is refused by its name, with the command that mends it."""
    files = {path: text for path, text in delivery.read(REPOSITORY / "gitops").items() if not path.startswith("apps/worker")}

    with (
        patch("stack.parts.gitops.read", lambda _: files),
        pytest.raises(Exception, match=r"shop/worker is owned by nobody.*\n.*causeway gitops init"),
    ):
        with_gitops()


def test_moved_setting_is_refused() -> None:
    """2.14: a setting of the shop that an environment file decides now is not silently without effect."""
    config = stack_config(REPOSITORY / "Pulumi.minikube.yaml")
    changed = config | {"causeway:gitops": '{"enabled": true}', "causeway:shop": '{"replicas": 3}'}

    with pytest.raises(pulumi.RunError, match=r"causeway:shop.replicas: is Argo CD's.*replicas in gitops/apps/web"):
        run(_program, config=changed, states=FRONT_DOOR)


@pytest.mark.parametrize("target", ["minikube", "eks"])
def test_repository_is_read_with_a_credential(target: str) -> None:
    """Issue 6, item 1: the Secret that Argo CD finds by its label is SecretsStore's, and its password is in the state as a secret alone."""
    given = {} if target == "minikube" else {"causeway:gitCredential": "a-token"}
    with patch("pulumi.runtime.is_config_secret", lambda _: True):
        made = with_gitops(target, **given)
    found = [one for one in made.resources if one.inputs.get("metadata", {}).get("labels", {}).get(SECRET_TYPE) == "repository"]

    assert [_url(made)] == [base64.b64decode(one.inputs["data"]["url"]).decode() for one in found]
    assert {"password", "type", "url", "username"} == set(found[0].inputs["data"])
    assert "data" in found[0].secret


def test_credential_without_a_repository_is_refused() -> None:
    """Issue 6, item 1: a credential that nothing would use is a mistake, and is said to be one."""
    config = stack_config(REPOSITORY / "Pulumi.minikube.yaml") | {"causeway:gitCredential": "token"}

    with (
        patch("pulumi.runtime.is_config_secret", lambda _: True),
        pytest.raises(pulumi.RunError, match=r"causeway:gitCredential: is for causeway:gitops.repository"),
    ):
        run(_program, config=config, states=FRONT_DOOR)


def test_root_is_the_last() -> None:
    """2.04: the root Application is made after the shop's data, its Secret and its namespace: what it deploys can start."""
    urns = with_gitops().urns()

    assert urns[-1].endswith("root-application")


@pytest.mark.parametrize(
    ("target", "identity_of_external_secrets"), [("minikube", None), ("eks", "arn:aws:iam::"), ("gke", "principal://iam.googleapis.com/")]
)
def test_facts_of_each_target(target: str, identity_of_external_secrets: str | None) -> None:
    """Issue 6, item 8: what ApplicationSets are told can be read with its types on every target, and says who a pod is to its cloud."""
    (secret,) = [made for made in with_gitops(target).manifests("Secret") if made["metadata"]["labels"].get(SECRET_TYPE) == "cluster"]
    facts = read(secret["metadata"]["annotations"])
    known = facts.identities.get("external-secrets/external-secrets")

    assert f"causeway-{target}" == facts.cluster
    assert {"ingressClass", "storageClass", "domain", "registry"} <= facts.workload.keys()
    assert known is None if identity_of_external_secrets is None else str(known).startswith(identity_of_external_secrets)


def test_targets_differ_in_facts_alone() -> None:
    """2.17: between the targets only the facts of the cluster and Git's address differ in what Argo CD is told."""
    told = {}
    for target in ("minikube", "eks", "gke"):
        made = with_gitops(target)
        told[target] = {
            (kind, manifest["metadata"]["name"]): json.dumps(manifest["spec"], sort_keys=True).replace(_url(made), "URL")
            for kind in ("AppProject", "Application")
            for manifest in made.manifests(kind)
        }

    assert told["minikube"] == told["eks"] == told["gke"]


def _url(made: Recording) -> str:
    return str(made.one("Application")["spec"]["source"]["repoURL"])


def test_rendered_objects_are_those_of_the_shop() -> None:
    """2.14: the inventory is of the workloads as they are made, with monitoring and without."""
    for monitors in (True, False):
        for name, inputs in delegable("shop", "causeway/shop:1.0.0").items():
            assert render(name, {**inputs, "platform": {"enable_monitors": monitors}})
