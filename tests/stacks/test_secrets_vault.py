"""Level vault in the whole stack of minikube."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.secrets.vault import DOCUMENT
from tests.recorder import Recording
from tests.stacks.test_secrets_levels import whole

pytestmark = pytest.mark.usefixtures("home")
BRINGING = ("secret", "secrets")
"""Label `component` of what brings Secrets."""


def others(recording: Recording) -> list[str]:
    """Every object in namespaces of workloads but what brings Secrets into them, sorted: the order of registering is chance."""
    inside = [one for one in recording.manifests() if one["metadata"].get("namespace") in ("shop", "monitoring", "argocd")]
    return sorted(
        json.dumps(one, sort_keys=True) for one in inside if one["metadata"]["labels"]["app.kubernetes.io/component"] not in BRINGING
    )


@pytest.mark.parametrize(
    "secrets", [{"level": "vault"}, {"level": "external", "candidate": "vault"}, {"level": "native", "previous": "vault"}]
)
def test_whole_stack_on_minikube(home: Path, secrets: dict[str, Any]) -> None:
    """4.07, 4.08: Vault and External Secrets are there once each, also on the way between levels; no workload differs from level native."""
    recording = whole("minikube", secrets)
    releases = sorted(one.inputs["chart"] for one in recording.resources if one.type == "kubernetes:helm.sh/v3:Release")
    urns = recording.urns()

    assert others(whole("minikube", {"level": "native"})) == others(recording)
    assert ["external-secrets", "vault"] == [chart for chart in releases if chart in ("external-secrets", "vault")]
    assert len(urns) == len(set(urns))
    assert (home / "seed").read_text().strip() not in str(recording.manifests())


def test_what_is_pushed_may_be_written_and_what_is_read_may_be_read() -> None:
    """4.14: every name that External Secrets reads is in that namespace's policy, and every one that it writes below our prefix."""
    recording = whole("minikube", {"level": "vault"})
    documents = [json.loads(one["data"][DOCUMENT])["write"] for one in recording.manifests("ConfigMap") if DOCUMENT in one.get("data", {})]
    policies = {name: json.loads(body["policy"])["path"] for one in documents for name, body in one.items() if "policies" in name}
    read = {
        (one["metadata"]["namespace"], f"secret/data/{source['extract']['key']}")
        for one in recording.manifests("ExternalSecret")
        for source in one["spec"]["dataFrom"]
    }
    pushed = {push["spec"]["data"][0]["match"]["remoteRef"]["remoteKey"] for push in recording.manifests("PushSecret")}

    assert {"shop", "monitoring", "argocd"} == {namespace for namespace, _ in read}
    assert all(["read"] == policies[f"sys/policies/acl/causeway-{namespace}"][path]["capabilities"] for namespace, path in read)
    assert {path.removeprefix("secret/data/") for _, path in read} == pushed
    assert all(name.startswith("causeway-development/") for name in pushed)
    assert {"secret/data/causeway-development/*", "secret/metadata/causeway-development/*"} == set(
        policies["sys/policies/acl/causeway-vault-source"]
    )


@pytest.mark.parametrize("level", ["external", "vault"])
def test_what_has_a_finalizer_is_deleted_before_who_takes_it_off(level: str) -> None:
    """A destroy ends: what External Secrets has to let go of is deleted by itself, not with a namespace that outlives External Secrets."""
    kinds = ("ExternalSecret", "PushSecret")
    made = [resource for resource in whole("minikube", {"level": level}).resources if resource.type.rpartition(":")[2] in kinds]

    assert set(kinds) == {resource.type.rpartition(":")[2] for resource in made}
    assert [] == [resource.name for resource in made if resource.deleted_with]
