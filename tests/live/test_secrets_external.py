"""Level external on the running shop: its values in a store outside, which moto stands in for, and none of them anywhere else."""

import json
import re
from collections.abc import Iterator

import pytest

from components.secrets.leaks import find
from components.secrets.sealing_keys import parse
from tests.live.canaries import LOGS, Canaries
from tests.live.ladder import asked, climb, load, readable, rotated, unanswered, values
from tests.live.platform import Platform
from tests.waiting import eventually
from workspace.home import REPOSITORY

pytestmark = pytest.mark.live

SAYING = (
    "pulumi preview --stack canary --diff",
    "pulumi up --stack canary --yes --diff --debug --verbose 8 --logtostderr",
    "pulumi preview --stack canary --json",
    "pulumi up --stack canary --yes --refresh",
    "pulumi config; pulumi stack output --json; pulumi stack export; pulumi stack history",
    "kubectl get events -A -o json",
    "helm get all external-secrets -n external-secrets",
    "kubectl get secrets -n external-secrets --field-selector type=helm.sh/release.v1 -o json",
    f"{LOGS} kube-system deployment/sealed-secrets-controller",
    f"{LOGS} external-secrets deployment/external-secrets; {LOGS} secrets-manager deployment/secrets-manager",
)
"""Commands of the canaries' stack, in their order, all of whose words are looked through. From `--verbose 9` on the engine itself
writes every property, marked secret or not (docs/secrets.md)."""
FAILING = 'ALERTS{alertname="SecretRefreshFailing",kind="%s",team="platform"}'
WORKING = "workqueue_longest_running_processor_seconds"
DOWN = 'ALERTS{alertname="SecretsBackendDown",deployment="secrets-manager",team="platform"}'


@pytest.fixture(scope="module")
def beside(platform: Platform) -> Platform:
    """The platform with the back ends of two levels, as a migration to level external has them that was stopped halfway."""
    climb(platform, "sealed")
    with load(platform) as customer:
        platform.output("pulumi config set --stack minikube --path causeway:secrets.candidate external")
        answer = platform.script("up")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert [] == customer.failed
    return platform


@pytest.fixture(scope="module")
def external(beside: Platform) -> Platform:
    """The platform at level external; the next level's tests begin here."""
    climb(beside, "external")
    return beside


@pytest.fixture
def canaries(beside: Platform) -> Iterator[Canaries]:
    """A stack with two hundred known values at each level, and nothing of it afterwards."""
    made = Canaries(beside, ("native", "sealed", "external"), parse((beside.home / "sealing-keys").read_text())[-1].certificate)
    made.prepare()
    try:
        yield made
    finally:
        made.remove()


def test_no_canary_leaks(beside: Platform, canaries: Canaries) -> None:
    """4.13: of 200 values at each level, through every way in, none is in any sink; one that is leaked on purpose is found."""
    told = {command: canaries.run(command) for command in SAYING}
    kinds = beside.output("kubectl api-resources --namespaced --verbs=list -o name | grep -vx secrets | paste -sd,").strip()
    for namespace in (*canaries.namespaces, "secrets-manager"):
        told[f"objects in {namespace}"] = canaries.run(f"kubectl get {kinds} -n {namespace} -o json")
        kept = beside.kubectl(f"get secrets -n {namespace} --show-managed-fields")["items"]
        told[f"metadata in {namespace}"] = json.dumps([item | {"data": ""} for item in kept]).encode()
        assert 10 <= len(kept)
    folders = [beside.home / folder for folder in ("backend", "pulumi")]
    places = {str(file): file.read_bytes() for folder in folders for file in folder.rglob("*") if readable(file)}

    assert {} == {place: found for place, content in (told | places).items() if (found := find(canaries.values(), content))}
    canaries.run("pulumi config set leak true; pulumi up --stack canary --yes --skip-preview")
    leaks = find(canaries.values(), canaries.run("pulumi stack output --stack canary --json"))
    assert "given 7 middle" in {leak.name for leak in leaks}


def test_whole_way(external: Platform) -> None:
    """4.08, 4.06: from level sealed, stopped halfway, under load: the store has the values, and the ledger says where secret zero is."""
    item = external.kubectl("get externalsecret shop-database -n shop")
    entries = json.loads(external.shell("causeway secrets ledger --json").stdout)["secrets"]
    (entry,) = [one for one in entries if one["secret"] == "shop-database"]

    assert {"True"} == {condition["status"] for condition in item["status"]["conditions"] if condition["type"] == "Ready"}
    assert ("external", True) == (entry["level"], "bootstrap credential" in entry["secretZero"])
    assert "ownerReferences" not in external.kubectl("get secret shop-database -n shop")["metadata"]


def test_rotation_loses_no_request(external: Platform) -> None:
    """4.09, 4.10: the password is rotated under load, no request fails, and the old password is refused."""
    rotated(external)


def test_outage_of_the_store_takes_nothing_away(external: Platform) -> None:
    """Issue 7, 8: the store denies, then is down: values stay, pods start, alerts are on their way; it comes back empty and is filled."""
    before, grafana = values(external), external.kubectl("get secret grafana-admin -n monitoring")["data"]
    try:
        deny(external)
        eventually(lambda: all(asked(external, FAILING % kind) for kind in ("ExternalSecret", "PushSecret")), seconds=120)
        assert {"externalsecret", "pushsecret"} <= {series["metric"]["name"] for series in asked(external, WORKING)}
        external.output(runbook("SecretRefreshFailing", kind="ExternalSecret", namespace="monitoring", name="grafana-admin"))
        external.output("kubectl scale deployment/secrets-manager -n secrets-manager --replicas=0")
        external.output("kubectl delete secret grafana-admin -n monitoring; kubectl rollout restart deployment/web -n shop")
        with load(external) as customer:
            external.output("kubectl rollout status deployment/web -n shop --timeout=90s")
        eventually(lambda: asked(external, DOWN), seconds=120)
        assert ([], before) == (customer.failed, values(external))
        assert external.shell("kubectl get secret grafana-admin -n monitoring").returncode != 0
    finally:
        external.output("kubectl scale deployment/secrets-manager -n secrets-manager --replicas=1")

    eventually(lambda: external.shell("kubectl get secret grafana-admin -n monitoring").returncode == 0, seconds=300)
    assert grafana == external.kubectl("get secret grafana-admin -n monitoring")["data"]
    eventually(lambda: not any(asked(external, alert) for alert in (DOWN, FAILING % "ExternalSecret", FAILING % "PushSecret")), seconds=300)


def test_store_that_hangs_takes_nothing_away(external: Platform) -> None:
    """Issue 7, 8: the store answers nothing for minutes: values stay, pods start, an alert is on its way; what waited is done at last."""
    before = values(external)
    with unanswered(external, "secrets-manager", "secrets-manager"):
        eventually(lambda: asked(external, FAILING % "slow"), seconds=180)
        external.output("kubectl delete secret grafana-admin -n monitoring; kubectl rollout restart deployment/web -n shop")
        with load(external) as customer:
            external.output("kubectl rollout status deployment/web -n shop --timeout=90s")
        assert ([], before) == (customer.failed, values(external))
        assert external.shell("kubectl get secret grafana-admin -n monitoring").returncode != 0

    eventually(lambda: external.shell("kubectl get secret grafana-admin -n monitoring").returncode == 0, seconds=300)
    eventually(lambda: not asked(external, FAILING % "slow"), seconds=120)


def runbook(page: str, **labels: str) -> str:
    """The commands of a runbook's page, the alert's labels filled in."""
    (block,) = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "docs/runbooks" / f"{page}.md").read_text(), re.DOTALL)
    for name, value in labels.items():
        block = block.replace(f"<{name}>", value)
    return str(block)


def deny(platform: Platform) -> None:
    """From now on moto believes no credential, as Secrets Manager would after its key was taken away."""
    path = "/api/v1/namespaces/secrets-manager/services/secrets-manager:http/proxy/moto-api/reset-auth"
    platform.output(f"printf 0 > deny; kubectl create --raw {path} -f deny; rm deny")
