"""Level vault in the whole stacks of the clouds: the key that opens Vault, who may use it, and the way from level external and back."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from components.secrets_controller.vault_servers import VARIABLES, VaultSeal
from stand_ins.rehearse.order import unbound
from stand_ins.rehearse.vault_program import allowed, sealed
from tests.recorder import Recording, Registered
from tests.stacks.rehearsed import Kept, Rehearsed, rehearse
from tests.stacks.test_rehearsed import needs
from tests.stacks.test_secrets_vault import others

TARGETS = ("eks", "gke")
VAULT_KEY = "projects/causeway-example/locations/europe-west3/keyRings/causeway/cryptoKeys/vault"
PLACES = ["grafana-admin", "shop-database"]
CLOUD: Mapping[str, dict[str, Any]] = {"eks": {"secrets": PLACES}, "gke": {"secrets": PLACES, "vaultKey": VAULT_KEY}}
WAYS = {
    "made beside": {"level": "external", "candidate": "vault"},
    "cut over": {"level": "vault", "previous": "external"},
    "arrived": {"level": "vault"},
    "made beside again": {"level": "vault", "candidate": "external"},
    "gone back": {"level": "external", "previous": "vault"},
}


@cache
def at(target: str, way: str) -> Rehearsed:
    """A cloud's stack on its way; run once."""
    return rehearse(
        target, {f"causeway:{target}": CLOUD[target], "causeway:secrets": {"level": "native"} if way == "native" else WAYS[way]}
    )


def release(recording: Recording) -> Registered:
    (found,) = [one for one in recording.resources if one.inputs.get("chart") == "vault"]
    return found


def servers(found: Rehearsed) -> dict[str, Any]:
    """What the played Vault reads of its StatefulSet."""
    told = release(found.recording).inputs["values"]["server"]["extraEnvironmentVars"]
    container = {"env": [{"name": name, "value": value} for name, value in told.items()]}
    return {"spec": {"template": {"spec": {"serviceAccountName": "vault", "containers": [container]}}}}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", TARGETS)
def test_no_workload_differs_on_the_way(target: str, way: str) -> None:
    """4.07, 4.08, issue 7, 4: from external to vault and back every step is accepted, in the right order, and no workload differs."""
    found = at(target, way)
    urns = found.recording.urns()
    # Mocks lose the mark of a secret; the rehearsal keeps it.
    refused = [urn for urn in found.refused if "SecretVersion::" not in urn]

    assert ([], []) == (refused, unbound(needs(found.recording)))
    assert others(at(target, "native").recording) == others(found.recording)
    assert len(urns) == len(set(urns))
    assert ["external-secrets", "vault"] == sorted(
        one.inputs["chart"] for one in found.recording.resources if one.inputs.get("chart") in ("external-secrets", "vault")
    )


@pytest.mark.parametrize("target", TARGETS)
def test_vault_is_opened_by_its_own_key(target: str) -> None:
    """4.07: Vault's pods may use the key that they are told of, and nobody else may; without a grant or the association it stays sealed."""
    found = at(target, "arrived")
    needed = [thing for thing in found.things if thing.urn.endswith(("::vault", "::vault-use", "::vault-reading"))]

    assert sealed(Kept(found.things), servers(found)) is None
    assert (3 if target == "eks" else 2) <= len(needed)
    for lost in needed:
        if not lost.token.startswith("aws:ecr"):
            assert "Denied" in str(sealed(Kept([thing for thing in found.things if thing != lost]), servers(found))), lost.urn


def test_key_at_aws_is_kept_like_ours() -> None:
    """4.07: the key rotates, can be restored for 30 days, and is there with a Vault alone; a repository takes the keeper's image."""
    here, without = at("eks", "arrived"), at("eks", "native")
    (key,) = [thing for thing in here.things if thing.urn.endswith("::vault-key") and thing.token == "aws:kms/key:Key"]
    more = {thing.urn for thing in here.things} - {thing.urn for thing in without.things}

    assert (True, 30) == (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"])
    assert {"aws:kms/key:Key::vault-key", "aws:kms/alias:Alias::vault-key", "aws:ecr/repository:Repository::vault-keeper"} <= more
    assert len(more) == 7, "and the lifecycle of its images, role, policy and association"


@pytest.mark.parametrize(("target", "token"), [("eks", "PodIdentityAssociation"), ("gke", "CryptoKeyIAMMember")])
def test_identity_is_there_before_the_pods(target: str, token: str) -> None:
    """4.07: a pod that is older than its association never gets credentials, so Vault's servers wait for it; External Secrets too."""
    found = at(target, "arrived").recording
    reached = needs(found)
    waited = [one for one in found.resources if f"/{token[0].lower()}{token[1:]}:" in one.type and one.name != "cluster-encryption"]

    assert len(waited) == 2
    for chart in ("vault", "external-secrets"):
        (made,) = [one for one in found.resources if one.inputs.get("chart") == chart]
        assert {one.urn for one in waited} <= _below(made.urn, reached)


def _below(urn: str, reached: Mapping[str, frozenset[str]]) -> set[str]:
    seen, left = {urn}, [urn]
    while left:
        for one in reached.get(left.pop(), frozenset()) - seen:
            seen.add(one)
            left.append(one)
    return seen


@pytest.mark.parametrize(("target", "kind"), [("eks", VaultSeal.AWS), ("gke", VaultSeal.GOOGLE)])
def test_no_credential_is_stored(target: str, kind: VaultSeal) -> None:
    """4.07: Vault is told of a key by name; what it proves who it is by is the cloud's, and its network lets it ask for that."""
    found = at(target, "arrived").recording
    told = release(found).inputs["values"]["server"]["extraEnvironmentVars"]
    (policy,) = [one for one in found.manifests("NetworkPolicy") if one["metadata"]["name"] == "vault"]
    reached = {peer.get("ipBlock", {}).get("cidr") for way in policy["spec"]["egress"] for peer in way.get("to", [])}

    assert {"VAULT_CACERT", *VARIABLES[kind].values()} == set(told)
    assert {"eks": {"169.254.170.23/32"}, "gke": {"169.254.169.252/32", "169.254.169.254/32"}}[target] <= reached


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_pushed_may_be_written_and_what_is_read_may_be_read(target: str) -> None:
    """4.14: as on minikube, each namespace reads its own names of Vault, by its own account, and no others."""
    found = at(target, "arrived").recording
    documents = [
        json.loads(one["data"]["configuration.json"]) for one in found.manifests("ConfigMap") if "configuration.json" in one.get("data", {})
    ]
    providers = {one["metadata"]["namespace"]: one["spec"]["provider"] for one in found.manifests("SecretStore")}
    read = {
        (one["metadata"]["namespace"], f"secret/data/{source['extract']['key']}")
        for one in found.manifests("ExternalSecret")
        for source in one["spec"]["dataFrom"]
    }

    assert {"shop", "monitoring"} == {namespace for namespace, _ in read}
    for namespace, path in read:
        assert {"read"} == allowed(documents, providers[namespace], namespace, path)
        assert {"create", "update"} <= allowed(documents, providers["vault-source"], "vault-source", path)
        other = next(one for one in ("shop", "monitoring") if one != namespace)
        assert set() == allowed(documents, providers[other], other, path)
        assert set() == allowed(documents, providers[namespace], other, path)
    assert {"https://vault-active.vault.svc.cluster.local:8200"} == {one["vault"]["server"] for one in providers.values()}
