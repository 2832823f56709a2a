"""The ladder on a running shop: up to Sealed Secrets and back, a password rotated, nothing leaked, no request lost."""

import json
import time
from datetime import datetime
from pathlib import Path

import pytest

from components.secrets.leaks import find
from components.secrets.ledger import ROTATED
from tests.live.canaries import LOGS
from tests.live.ladder import asked, climb, load, readable, rotated, values
from tests.live.platform import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.live

BACKEND_DOWN = 300.0
"""Seconds for which SecretsBackendDown waits before it fires."""


@pytest.fixture(scope="module")
def sealed(platform: Platform) -> Platform:
    """The platform at level sealed, which it reached under load and by way of a kill; the next level's tests begin here."""
    climb(platform, "sealed", killed_at="candidate")
    return platform


def test_level_that_is_not_ready_changes_nothing(platform: Platform) -> None:
    """Issue 7, 9: `pulumi up` at a level whose back end nobody brought says what is missing and what brings it, and writes nothing."""
    file = platform.root / "Pulumi.minikube.yaml"
    kept, before = file.read_text(), changes(platform)
    try:
        answer = platform.shell(
            "pulumi config set --stack minikube --path causeway:secrets.level external; pulumi up --stack minikube --yes --non-interactive"
        )
    finally:
        file.write_text(kept)

    assert answer.returncode != 0
    assert "chart external-secrets" in answer.stdout
    assert "on the local cluster ./scripts/up brings it" in answer.stdout
    assert before == changes(platform)


def changes(platform: Platform) -> list[str]:
    """What was written to the API server so far, not merely tried."""
    return [line for line in platform.written() if "dryRun" not in line]


def test_whole_way_and_back(sealed: Platform) -> None:
    """4.08, 4.04: killed, resumed, under load: no failed request, no pod restarted, the same values; the real controller says so."""
    item = sealed.kubectl("get sealedsecret shop-database -n shop")

    assert {"True"} == {entry["status"] for entry in item["status"]["conditions"] if entry["type"] == "Synced"}
    assert "ownerReferences" not in sealed.kubectl("get secret shop-database -n shop")["metadata"]


def test_second_up_writes_nothing(sealed: Platform) -> None:
    """Sealing again gives the same text: no object is changed."""
    before = sealed.kubectl("get sealedsecret shop-database -n shop")["metadata"]["resourceVersion"]
    answer = sealed.output("pulumi up --stack minikube --yes --skip-preview --json").splitlines()[-1]

    assert set(json.loads(answer).get("changeSummary", {"same": 0})) <= {"same"} or "unchanged" in answer
    assert before == sealed.kubectl("get sealedsecret shop-database -n shop")["metadata"]["resourceVersion"]


def test_rotation_loses_no_request(sealed: Platform) -> None:
    """4.09, 4.10: the password is rotated under load, no request fails, and the old password is refused."""
    rotated(sealed)


def test_nothing_leaks(sealed: Platform) -> None:
    """4.13: no value is in state, backups, preview, logs, outputs, events, objects, Helm's releases, or the stack file.

    A Secret read on purpose shows that the search finds what is there.
    """
    home = sealed.home
    known = values(sealed)
    secret = {name: known[name] for name in ("password", "database-url")} | {
        "seed": (home / "seed").read_text().strip(),
        "passphrase": (home / "passphrase").read_text().strip(),
        "sealing key": "".join((home / "sealing-keys").read_text().splitlines()[3:8]),
    }
    places = {str(file): file.read_bytes() for folder in ("backend", "pulumi") for file in (home / folder).rglob("*") if readable(file)}
    commands = (
        "pulumi preview --stack minikube --diff --non-interactive",
        "pulumi preview --stack minikube --json",
        "pulumi stack output --stack minikube --json",
        "pulumi stack export --stack minikube",
        "kubectl get events -A -o json",
        "kubectl get all,cm,sa,ing,netpol,pvc,sealedsecrets,roles,rolebindings -A -o json",
        "kubectl get secrets -n kube-system --field-selector type=helm.sh/release.v1 -o json",
        "helm get all sealed-secrets -n kube-system",
        f"{LOGS} kube-system deployment/sealed-secrets-controller",
        f"{LOGS} shop deployment/web; {LOGS} shop deployment/worker; {LOGS} shop database-0",
        "causeway secrets ledger || true",
        "causeway status; causeway secrets",
        "cat Pulumi.minikube.yaml; cat .causeway/migration.json .causeway/rotation*.json 2>/dev/null || true",
    )
    places |= {command: sealed.output(command).encode() for command in commands}

    assert {} == {place: found for place, content in places.items() if (found := find(secret, content))}
    leaked = sealed.output("kubectl get secret shop-database -n shop -o json").encode()
    assert {"password", "database-url"} <= {leak.name for leak in find(secret, leaked)}


def test_etcd_holds_no_value(sealed: Platform) -> None:
    """4.15: what etcd wrote to the disk has the Secrets encrypted; their names, which it has in the clear, show that it was read."""
    # What is called .tmp is empty, and gets another name while one looks.
    folder = Path("/var/lib/causeway") / sealed.cluster / "etcd"
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".tmp"]
    held = b"".join(file.read_bytes() for file in files)

    assert b"/registry/secrets/shop/shop-database" in held
    assert [] == [name for name in ("password", "database-url") if values(sealed)[name].encode() in held]


def test_key_that_was_lost_comes_back_from_escrow(sealed: Platform) -> None:
    """4.05, 4.16: with the controller's key and the Secret gone, the escrow alone opens what is sealed again."""
    before = values(sealed)
    sealed.output("kubectl get secret sealed-secrets-key-1 -n kube-system > /dev/null; cp .causeway/sealing-keys escrow")
    sealed.output("kubectl delete secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key")
    restart(sealed)
    sealed.output("kubectl delete secret shop-database -n shop")
    eventually(lambda: not opened(sealed))
    pair = (sealed.root / "escrow").read_text()
    cut = pair.index("-----BEGIN CERTIFICATE-----")
    (sealed.root / "tls.key").write_text(pair[:cut])
    (sealed.root / "tls.crt").write_text(pair[cut:])
    sealed.output("kubectl delete secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key")
    sealed.output("kubectl create secret tls sealed-secrets-key-1 -n kube-system --cert=tls.crt --key=tls.key")
    sealed.output("kubectl label secret sealed-secrets-key-1 -n kube-system sealedsecrets.bitnami.com/sealed-secrets-key=active")
    started = time.monotonic()
    restart(sealed)

    assert before == eventually(lambda: opened(sealed))
    print(f"opened {time.monotonic() - started:.1f} s after the key was back")
    sealed.output("pulumi refresh --stack minikube --yes --skip-preview; ./scripts/up")


def test_outage_of_the_controller_takes_nothing_away(sealed: Platform) -> None:
    """Issue 7, 8: with the controller away for minutes values stay, pods start, the alert fires; what waited is done without a hand."""
    before, alert = values(sealed), 'ALERTS{alertname="SecretsBackendDown",deployment="sealed-secrets-controller",team="platform"%s}'
    sealed.output("kubectl scale deployment/sealed-secrets-controller -n kube-system --replicas=0")
    try:
        eventually(lambda: asked(sealed, alert % ""))
        sealed.output("kubectl delete secret grafana-admin -n monitoring; kubectl rollout restart deployment/web -n shop")
        with load(sealed) as customer:
            sealed.output("kubectl rollout status deployment/web -n shop --timeout=90s")
        eventually(lambda: asked(sealed, alert % ',alertstate="firing"'), seconds=BACKEND_DOWN + 60)
        assert ([], before) == (customer.failed, values(sealed))
        assert sealed.shell("kubectl get secret grafana-admin -n monitoring").returncode != 0
    finally:
        sealed.output("kubectl scale deployment/sealed-secrets-controller -n kube-system --replicas=1")

    eventually(lambda: sealed.shell("kubectl get secret grafana-admin -n monitoring").returncode == 0, seconds=120)
    eventually(lambda: not asked(sealed, alert % ""))


def test_monitoring_knows_the_ages(sealed: Platform) -> None:
    """4.11: Prometheus has the time of the last rotation, and of a first value the time at which its Secret was made."""
    wanted = {name: made(sealed, name, namespace) for name, namespace in (("shop-database", "shop"), ("grafana-admin", "monitoring"))}

    # The kubelet brings a changed rule into Prometheus' pod once a minute.
    eventually(lambda: ages(sealed) == wanted, seconds=150)


def ages(platform: Platform) -> dict[str, float]:
    """Secret name to when it got its value, as Prometheus knows it."""
    found = asked(platform, "causeway:secret_rotated:timestamp_seconds")
    return {series["metric"]["secret"]: float(series["value"][1]) for series in found}


def made(platform: Platform, secret: str, namespace: str) -> float:
    """When a Secret got its value, as it says itself."""
    metadata = platform.kubectl(f"get secret {secret} -n {namespace}")["metadata"]
    return datetime.fromisoformat(metadata["annotations"].get(ROTATED) or metadata["creationTimestamp"]).timestamp()


def restart(platform: Platform) -> None:
    platform.output("kubectl rollout restart deployment/sealed-secrets-controller -n kube-system")
    platform.output("kubectl rollout status deployment/sealed-secrets-controller -n kube-system --timeout=90s")


def opened(platform: Platform) -> dict[str, str] | None:
    """The shop's values once the Secret is there."""
    return values(platform) if platform.shell("kubectl get secret shop-database -n shop").returncode == 0 else None
