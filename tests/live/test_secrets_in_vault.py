"""Level vault on the running shop: the real Vault, kept by its keeper; nothing of it in state, logs or anybody's hands."""

import json
from collections.abc import Iterator

import pytest

from components.secrets.leaks import find
from tests.live.canaries import LOGS, Canaries
from tests.live.ladder import asked, climb, load, readable, rotated, stack_file, values
from tests.live.platform import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.live

SAYING = (
    "pulumi preview --stack canary --diff",
    "pulumi up --stack canary --yes --diff --debug --verbose 8 --logtostderr",
    "pulumi stack export; pulumi stack history; pulumi stack output --json",
    "kubectl get events -A -o json",
    "kubectl get configmaps,roles,serviceaccounts,pods -n vault -o json",
    "helm get all vault -n vault",
    f"{LOGS} vault vault-0; {LOGS} vault deployment/vault-keeper",
    f"{LOGS} external-secrets deployment/external-secrets",
)
"""Commands of the canaries' stack, in their order, all of whose words are looked through."""
DOWN = 'ALERTS{alertname="SecretsBackendDown",statefulset="vault",team="platform"}'
LEASED = """
export VAULT_TOKEN=$(vault write -field=token auth/kubernetes/login role=causeway-shop-database-reader jwt="$(cat)")
vault read -format=json database/creds/shop-database-reader
echo "token $VAULT_TOKEN"
"""


@pytest.fixture(scope="module")
def vault(platform: Platform) -> Platform:
    """The platform at level vault, which it reached under load."""
    if stack_file(platform).get("level") != "external":
        climb(platform, "external")
    climb(platform, "vault")
    return platform


@pytest.fixture
def canaries(vault: Platform) -> Iterator[Canaries]:
    """A stack with two hundred known values at level vault, and nothing of it afterwards."""
    made = Canaries(vault, ("vault",), authority(vault))
    made.prepare()
    try:
        yield made
    finally:
        made.remove()


def authority(platform: Platform) -> str:
    """What Vault is known by, as whoever reads it is told."""
    store = platform.kubectl("get secretstore vault -n shop")
    return str(store["spec"]["provider"]["vault"]["caBundle"])


def test_whole_way(vault: Platform) -> None:
    """4.08, 4.07, 4.05: the keeper initialised, opened and configured it; five shares are in escrow, for their owner alone."""
    item = vault.kubectl("get externalsecret shop-database -n shop")
    entries = json.loads(vault.shell("causeway secrets ledger --json").stdout)["secrets"]
    (entry,) = [one for one in entries if one["secret"] == "shop-database"]
    file = vault.home / "vault-shares"
    kept = vault.kubectl("get secret vault-shares -n vault")["data"]

    assert {"True"} == {condition["status"] for condition in item["status"]["conditions"] if condition["type"] == "Ready"}
    assert ("vault", True) == (entry["level"], "key shares" in entry["secretZero"])
    assert (5, 0o600) == (len(file.read_text().split()), file.stat().st_mode & 0o777)
    assert {f"share-{number}" for number in range(1, 6)} == set(kept)


def test_rotation_loses_no_request(vault: Platform) -> None:
    """4.09, 4.10: the password is rotated under load, no request fails, and the old password is refused."""
    rotated(vault)


def test_credential_on_demand(vault: Platform) -> None:
    """4.07: who may act as the reader's ServiceAccount gets a user of an hour who reads and cannot write; given up, it is refused."""
    lease, token = leased(vault)
    name, password = lease["data"]["username"], lease["data"]["password"]

    assert 3600 == lease["lease_duration"]
    assert psql(vault, name, password, "SELECT count(*) > 0 FROM orders") == "t"
    assert "permission denied" in psql(vault, name, password, "DELETE FROM orders")
    vault.output(f"kubectl exec -i vault-0 -n vault -- sh -c 'VAULT_TOKEN=$(cat) vault token revoke -self' <<< {token}")
    eventually(lambda: "authentication failed" in psql(vault, name, password, "SELECT 1"))


def leased(platform: Platform) -> tuple[dict[str, dict[str, str]], str]:
    """A lease of Vault's, and the token that it belongs to."""
    proof = "kubectl create token shop-database-reader -n shop --audience=vault"
    said = platform.output(f"{proof} | kubectl exec -i vault-0 -n vault -- sh -c '{LEASED}'")
    text, _, token = said.rpartition("token ")
    return json.loads(text), token.strip()


def psql(platform: Platform, name: str, password: str, statement: str) -> str:
    """What the database says to a user over the network."""
    login = f"PGPASSWORD='{password}' psql --host=database --username='{name}' --dbname=shop --no-password -Atc '{statement}' 2>&1 || true"
    return platform.output(f"kubectl exec -i database-0 -n shop -- sh -s <<'SCRIPT'\n{login}\nSCRIPT").strip()


def test_sealed_vault_takes_nothing_away(vault: Platform) -> None:
    """Issue 7, 8: sealed, with nobody to open it, values stay, pods start and an alert is on its way; the keeper opens it again."""
    before = values(vault)
    vault.output("kubectl scale deployment/vault-keeper -n vault --replicas=0")
    vault.output("kubectl wait --for=delete pod -n vault -l app.kubernetes.io/name=vault-keeper --timeout=90s")
    try:
        vault.output("kubectl delete pod vault-0 -n vault")
        eventually(lambda: asked(vault, DOWN), seconds=120)
        vault.output("kubectl delete secret grafana-admin -n monitoring; kubectl rollout restart deployment/web -n shop")
        with load(vault) as customer:
            vault.output("kubectl rollout status deployment/web -n shop --timeout=90s")
        assert ([], before) == (customer.failed, values(vault))
        assert vault.shell("kubectl get secret grafana-admin -n monitoring").returncode != 0
    finally:
        vault.output("kubectl scale deployment/vault-keeper -n vault --replicas=1")

    eventually(lambda: vault.shell("kubectl get secret grafana-admin -n monitoring").returncode == 0, seconds=300)
    eventually(lambda: not asked(vault, DOWN), seconds=120)


def test_no_canary_leaks(vault: Platform, canaries: Canaries) -> None:
    """4.13: of 200 values at level vault and the key shares none is in any sink; their own Secret shows that they would be found."""
    told = {command: canaries.run(command) for command in SAYING}
    kinds = vault.output("kubectl api-resources --namespaced --verbs=list -o name | grep -vx secrets | paste -sd,").strip()
    for namespace in (*canaries.namespaces, "vault-source", "vault"):
        told[f"objects in {namespace}"] = canaries.run(f"kubectl get {kinds} -n {namespace} -o json")
    folders = [vault.home / folder for folder in ("backend", "pulumi")]
    places = {str(file): file.read_bytes() for folder in folders for file in folder.rglob("*") if readable(file)}
    shares = (vault.home / "vault-shares").read_text().split()
    sought = canaries.values() | {f"share {number}": share for number, share in enumerate(shares, 1)}

    assert {} == {place: found for place, content in (told | places).items() if (found := find(sought, content))}
    kept = vault.output("kubectl get secret vault-shares -n vault -o json").encode()
    assert {f"share {number}" for number in range(1, 6)} == {leak.name for leak in find(sought, kept)}
