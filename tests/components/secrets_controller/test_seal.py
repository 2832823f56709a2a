"""Vault opened by a cloud's key service: three servers, what they are told, and what is refused."""

import base64
from typing import Any

import pulumi
import pytest
import yaml
from cryptography import x509

from components import SecretsController, SecretsLevel
from components.secrets_controller import vault_authority
from components.secrets_controller.charts import charts
from components.secrets_controller.vault_servers import SERVERS, VARIABLES, VaultSeal
from tests.components.secrets_controller.test_component import CHARTS, FOLDERS, KEPT, UPSTREAM, made, unknown
from tests.components.secrets_controller.test_keeper import untaken
from tests.conftest import SEED
from tests.recorder import Recording, run
from workspace.home import REPOSITORY

AWS = {"kind": "awskms", "region": "eu-central-1", "key": "arn:aws:kms:eu-central-1:111122223333:key/1"}
GOOGLE = {"kind": "gcpckms", "project": "p", "region": "europe-west3", "key_ring": "r", "key": "k"}
SEALS = {"AWS": AWS, "Google": GOOGLE}
VALUES = charts(SecretsLevel.VAULT, "gp3", seal={**GOOGLE, "kind": VaultSeal.GOOGLE})[0].values


def sealed(seal: dict[str, Any]) -> Recording:
    return made(SecretsLevel.VAULT, vault={**KEPT, "seal": seal})


def server(recording: Recording) -> dict[str, Any]:
    (release,) = [one for one in recording.resources if one.type == "kubernetes:helm.sh/v3:Release"]
    found: dict[str, Any] = release.inputs["values"]["server"]
    return found


@pytest.mark.skipif(not UPSTREAM.exists(), reason="the charts' own values are not on this machine")
def test_every_key_of_three_servers_exists_in_the_chart() -> None:
    """A key that the chart does not read would be silently ignored."""
    assert [] == unknown(VALUES, yaml.safe_load((UPSTREAM / FOLDERS["vault"] / "values.yaml").read_text()))


def test_double_takes_the_values_of_three_servers() -> None:
    """Vault's double takes them too; any other would be an error."""
    schema = yaml.safe_load((REPOSITORY / "stand_ins/charts/vault/values.schema.json").read_text())

    assert [] == untaken(VALUES, schema)


@pytest.mark.parametrize("seal", SEALS.values(), ids=SEALS)
def test_three_servers_are_opened_by_a_key_service(seal: dict[str, Any]) -> None:
    """4.07: three servers by raft, a zone for each, are told of a key by its name, and of no credential."""
    found = server(sealed(seal))
    config, told = found["ha"]["raft"]["config"], found["extraEnvironmentVars"]

    assert (True, 3, True) == (found["ha"]["enabled"], found["ha"]["replicas"], found["ha"]["raft"]["setNodeId"])
    assert [("topology.kubernetes.io/zone", 1, "DoNotSchedule")] == [
        (one["topologyKey"], one["maxSkew"], one["whenUnsatisfiable"]) for one in found["topologySpreadConstraints"]
    ]
    assert f'seal "{seal["kind"]}" {{}}' in config
    assert all(f'leader_api_addr = "{address}"' in config for address in SERVERS)
    assert {"VAULT_CACERT", *VARIABLES[VaultSeal(seal["kind"])].values()} == set(told)
    assert {value for part, value in seal.items() if part != "kind"} == set(told.values()) - {"/vault/tls/tls.crt"}


def test_one_server_is_told_of_none() -> None:
    """4.07: without a key service Vault is one server, and its keeper opens it."""
    found = server(made(SecretsLevel.VAULT))

    assert ("ha" in found, "seal" in found["standalone"]["config"], "retry_join" in found["standalone"]["config"]) == (False, False, False)
    assert ["VAULT_CACERT"] == list(found["extraEnvironmentVars"])


def test_keeper_knows_every_server() -> None:
    """4.07: the keeper begins with one of three, sends what it writes to the active one, and opens none."""
    (container,) = sealed(AWS).one("Deployment", "vault-keeper")["spec"]["template"]["spec"]["containers"]
    told = {entry["name"]: entry["value"] for entry in container["env"]}
    (alone,) = made(SecretsLevel.VAULT).one("Deployment", "vault-keeper")["spec"]["template"]["spec"]["containers"]

    assert ("https://vault-active.vault.svc.cluster.local:8200", "true") == (told["VAULT_ADDR"], told["OPENS_ITSELF"])
    assert SERVERS == tuple(told["VAULT_SERVERS"].split())
    assert not {"VAULT_SERVERS", "OPENS_ITSELF"} & {entry["name"] for entry in alone["env"]}


def test_one_certificate_names_every_server() -> None:
    """4.07: each server, and the Service of the active one, is called by a name of the certificate that its readers are given."""
    recording = sealed(AWS)
    pem = base64.b64decode(recording.one("Secret", "vault-tls")["data"]["tls.crt"])
    names = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {f"https://{name}:8200" for name in names.get_values_for_type(x509.DNSName)}

    assert {*SERVERS, "https://vault-active.vault.svc.cluster.local:8200"} <= known
    assert pem == base64.b64decode(vault_authority(SEED, are_three=True))
    assert pem != base64.b64decode(vault_authority(SEED)), "one server's certificate stays what it was"


def test_key_may_be_known_later() -> None:
    """4.07: a key that is made in the same run is an output, and gets into the values as one."""
    made_later: Any = {"level": "vault", "charts": CHARTS}

    def build() -> None:
        SecretsController("controller", {**made_later, "vault": {**KEPT, "seal": {**AWS, "key": pulumi.Output.from_input("later")}}})

    assert "later" == server(run(build))["extraEnvironmentVars"]["VAULT_AWSKMS_SEAL_KEY_ID"]


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "A word that is no key service.": ({**AWS, "kind": "awskm"}, "vault.seal.kind", "not one of awskms, gcpckms, did you mean 'awskms'?"),
    "No key.": ({**AWS, "key": ""}, "vault.seal.key", "is required where 'awskms' opens Vault"),
    "Google without a project.": ({**GOOGLE, "project": None}, "vault.seal.project", "is required where 'gcpckms' opens Vault"),
    "AWS with a key ring.": ({**AWS, "key_ring": "r"}, "vault.seal.key_ring", "says nothing to 'awskms'; allowed: region, key"),
}


@pytest.mark.parametrize(("seal", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(seal: dict[str, Any], path: str, reason: str) -> None:
    """Issue 7, 9: what is wrong with a seal is said by its input, before any resource is made."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        sealed(seal)

    assert reason in next(error["reason"] for error in refused.value.errors or [] if error["property_path"] == path)
