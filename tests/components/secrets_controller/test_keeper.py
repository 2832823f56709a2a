"""What keeps Vault: its rights, its pod, and what it is told to write; and the double of Vault's chart."""

import base64
import json
from typing import Any

from cryptography import x509

from components import SecretsLevel
from components.secrets_controller import VAULT_ADDRESS, vault_authority
from components.secrets_controller.charts import charts
from components.workload.rules import judge
from tests.components.secrets_controller.test_component import KEPT, made
from tests.conftest import SEED
from workspace.home import REPOSITORY


def test_keeper_may_change_one_secret_by_its_name() -> None:
    """4.14: beside Vault's shares, which it makes itself, the keeper reads no Secret; what it makes is never in the program's state."""
    recording = made(SecretsLevel.VAULT)
    rules = {tuple(rule["verbs"]): rule for rule in recording.one("Role", "vault-keeper")["rules"]}

    assert ["vault-shares"] == rules[("get", "patch")]["resourceNames"]
    assert {("get", "patch"), ("create",), ("list",)} == set(rules)
    assert ["configmaps"] == rules[("list",)]["resources"]
    assert ["vault-tls"] == [secret["metadata"]["name"] for secret in recording.manifests("Secret")]


def test_keeper_is_there_once() -> None:
    """4.07: never two keepers at once, restricted, with a token for Vault and one for the API server, each good for that alone."""
    spec = made(SecretsLevel.VAULT).one("Deployment", "vault-keeper")["spec"]
    pod = spec["template"]["spec"]
    tokens = [source["serviceAccountToken"] for source in pod["volumes"][0]["projected"]["sources"] if "serviceAccountToken" in source]

    assert (1, "Recreate") == (spec["replicas"], spec["strategy"]["type"])
    assert [None, "vault"] == [token.get("audience") for token in tokens]


def test_keeper_breaks_no_rule() -> None:
    """3.04: the rules over every object find nothing in what runs beside Vault; why its network names no API server is said in it."""
    manifests = [manifest for manifest in made(SecretsLevel.VAULT).manifests() if manifest["metadata"]["name"] == "vault-keeper"]

    assert ["Deployment", "Role"] == sorted(manifest["kind"] for manifest in manifests if manifest["kind"] in ("Role", "Deployment"))
    found = {(finding.subject["kind"], finding.rule) for finding in judge(manifests)}
    assert {("NetworkPolicy", "open-network")} == found
    assert made(SecretsLevel.VAULT).one("NetworkPolicy", "vault-keeper")["metadata"]["annotations"]["causeway.dev/allow-open-network"]


def test_keeper_brings_the_source_and_the_databases() -> None:
    """4.14: the namespace that fills Vault may write below our prefix alone, and the keeper reads no value but the databases'."""
    kept = {**KEPT, "databases": ["shop-database"]}
    document = json.loads(made(SecretsLevel.VAULT, vault=kept).one("ConfigMap", "vault-keeper")["data"]["configuration.json"])
    allowed = {name: json.loads(body["policy"])["path"] for name, body in document["write"].items() if "policies" in name}
    source, keeper = (set(allowed[f"sys/policies/acl/causeway-{name}"]) for name in ("secrets-source", "keeper"))

    assert {"secret/data/causeway-development/*", "secret/metadata/causeway-development/*"} == source
    assert ["secret/data/causeway-development/shop-database"] == [path for path in keeper if path.startswith("secret/")]


def test_certificate_follows_from_the_seed() -> None:
    """4.07: who is given Vault's certificate trusts that server alone; a second run has the same one, and its key is a secret."""
    recording, again = made(SecretsLevel.VAULT), made(SecretsLevel.VAULT)
    (resource,) = [one for one in recording.resources if one.name == "vault-tls-secret"]
    certificate = x509.load_pem_x509_certificate(base64.b64decode(resource.inputs["data"]["tls.crt"]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert recording.one("Secret")["data"] == again.one("Secret")["data"]
    assert VAULT_ADDRESS == f"https://{names.get_values_for_type(x509.DNSName)[0]}:8200"
    assert any(path.startswith("data") for path in resource.secret)
    assert certificate == x509.load_pem_x509_certificate(base64.b64decode(vault_authority(SEED)))
    assert certificate != x509.load_pem_x509_certificate(base64.b64decode(vault_authority(SEED[::-1])))


def test_double_takes_our_values_and_no_others() -> None:
    """Every key that we set, at any depth, is one that Vault's double takes; any other would be an error."""
    schema = json.loads((REPOSITORY / "stand_ins/charts/vault/values.schema.json").read_text())

    assert [] == untaken(charts(SecretsLevel.VAULT, "standard")[0].values, schema)
    assert ["surprise"] == untaken({"surprise": True}, schema)


def untaken(values: dict[str, Any], schema: dict[str, Any], path: str = "") -> list[str]:
    """The keys of `values` that a double's schema does not have; a mapping that it leaves open takes any."""
    if schema.get("additionalProperties") is not False:
        return []
    known = schema["properties"]
    found = [f"{path}{key}" for key in values if key not in known]
    inner = [(key, value) for key, value in values.items() if key in known and isinstance(value, dict)]
    return found + [name for key, value in inner for name in untaken(value, known[key], f"{path}{key}.")]
