"""Level vault where our keeper configures Vault: a namespace's access, and credentials of its databases on demand."""

import json
from typing import Any

from components import SecretsLevel, SecretsStore
from components.secrets import vault
from tests.components.secrets.samples import BACKENDS, inputs
from tests.recorder import Recording, run

DATABASES = {"shop-database": {"workload": "database", "port": 5432, "database": "shop"}}


def made(**changes: Any) -> Recording:
    backends = {"vault": {**BACKENDS["vault"], "keeper_namespace": "vault"}}
    return run(lambda: SecretsStore("secrets", inputs(SecretsLevel.VAULT, backends=backends, **changes)))


def document(recording: Recording) -> dict[str, Any]:
    """What the keeper is told of the shop's namespace."""
    found = recording.one("ConfigMap", "secrets-shop")
    assert ("vault", "true") == (found["metadata"]["namespace"], found["metadata"]["labels"]["causeway.dev/vault-configuration"])
    return dict(json.loads(found["data"][vault.DOCUMENT]))


def test_a_namespace_reads_its_own_names_and_no_others() -> None:
    """4.14, 4.12: the policy names each Secret below the environment's prefix, and nothing by a pattern; one ServiceAccount has it."""
    written = document(made())["write"]
    policy = json.loads(written["sys/policies/acl/causeway-shop"]["policy"])
    role = written["auth/kubernetes/role/causeway-shop"]

    assert {"secret/data/causeway-development/shop-database": {"capabilities": ["read"]}} == policy["path"]
    assert (["shop"], ["secrets-reader"]) == (role["bound_service_account_namespaces"], role["bound_service_account_names"])
    assert ("vault", "1h", "24h") == (role["audience"], role["token_ttl"], role["token_max_ttl"])


def test_access_is_there_before_the_store() -> None:
    """A store that asked Vault before its role is there would be told no, and ask again later and later."""
    order = [resource.name for resource in made().resources]

    assert order.index("shop-vault-access") < order.index("shop-vault-store")


def test_a_database_gives_credentials_on_demand() -> None:
    """4.07: who may act as the reader's ServiceAccount gets a user that only reads, for an hour, at most a day; consumers keep theirs."""
    recording = made(databases=DATABASES)
    told = document(recording)
    lease = told["write"]["database/roles/shop-database-reader"]
    connection = told["connections"]["database/config/shop-database"]

    assert ("1h", "24h") == (lease["default_ttl"], lease["max_ttl"])
    assert "IN ROLE pg_read_all_data" in lease["creation_statements"][0]
    assert ["shop-database-reader"] == told["write"]["auth/kubernetes/role/causeway-shop-database-reader"]["bound_service_account_names"]
    assert "secret/data/causeway-development/shop-database" == connection["from"]
    assert "postgresql://{{username}}:{{password}}@database.shop.svc.cluster.local:5432/shop" == connection["body"]["connection_url"]
    assert recording.manifests("ExternalSecret") == made().manifests("ExternalSecret")


def test_vault_reaches_the_database_and_nobody_else_does() -> None:
    """4.07: a policy of its own lets Vault's namespace in, so no workload's policy differs."""
    policy = made(databases=DATABASES).one("NetworkPolicy", "database-from-vault")
    (flow,) = policy["spec"]["ingress"]

    assert {"app.kubernetes.io/name": "database"} == policy["spec"]["podSelector"]["matchLabels"]
    assert [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "vault"}}}] == flow["from"]
    assert [5432] == [port["port"] for port in flow["ports"]]


def test_a_database_of_another_namespace_is_left_alone() -> None:
    """Where a namespace has no such Secret, its Vault knows no database."""
    recording = made(databases={"orders-database": DATABASES["shop-database"]})

    assert "connections" not in document(recording)
    assert [] == recording.manifests("NetworkPolicy")


def test_no_value_is_in_what_the_keeper_is_told() -> None:
    """4.13: what opens a database is named, never written down."""
    told = json.dumps(document(made(databases=DATABASES, secrets={"shop-database": {"password": {"value": "never-show-this"}}})))

    assert "never-show-this" not in told
    assert {"username": "username", "password": "password"} == document(made(databases=DATABASES))["connections"][
        "database/config/shop-database"
    ]["fields"]
