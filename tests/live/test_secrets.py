"""The ladder on a running shop: up to Sealed Secrets and back, a password rotated, nothing leaked, no request lost."""

import base64
import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from components.secrets.leaks import find
from components.secrets.ledger import ROTATED
from components.secrets.sealing_keys import parse
from tests.live.canaries import Canaries
from tests.live.platform import Platform, call, eventually

pytestmark = pytest.mark.live

LOGS = "kubectl logs --all-containers --prefix --tail=-1 -n"


class Load:
    """A customer who places one order after the other."""

    def __init__(self, platform: Platform) -> None:
        self.url = str(platform.stack_output("urls")["shop"]).rstrip("/")
        self.placed, self.failed, self.over = 0, list[str](), threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            try:
                answer = call("POST", f"{self.url}/orders", {"item": "book", "quantity": 1})
                wrong = "" if answer.status == HTTPStatus.CREATED else str(answer)
            except OSError as error:
                wrong = repr(error)
            self.placed += 1
            if wrong:
                self.failed.append(wrong)


@contextmanager
def load(platform: Platform) -> Iterator[Load]:
    customer = Load(platform)
    thread = threading.Thread(target=customer.run)
    thread.start()
    try:
        yield customer
    finally:
        customer.over.set()
        thread.join()


def values(platform: Platform) -> dict[str, str]:
    """The shop's Secret, read as its reader would."""
    data = platform.kubectl("get secret shop-database -n shop")["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def stack_file(platform: Platform) -> dict[str, Any]:
    return dict(yaml.safe_load((platform.root / "Pulumi.minikube.yaml").read_text())["config"].get("causeway:secrets") or {})


def pods(platform: Platform) -> set[str]:
    """The identities of the shop's pods but those of its report, and those that are on their way out."""
    items = platform.kubectl("get pods -n shop -l 'app.kubernetes.io/name!=report'")["items"]
    return {item["metadata"]["uid"] for item in items if "deletionTimestamp" not in item["metadata"]}


@pytest.fixture(scope="module")
def sealed(platform: Platform) -> Iterator[Platform]:
    """The platform at level sealed, which it reached under load and by way of a kill; back at native in the end."""
    before, running = values(platform), pods(platform)
    with load(platform) as customer:
        killed_between(platform, "candidate")
        platform.output("causeway secrets migrate --to sealed --yes")
    assert ([], True) == (customer.failed, customer.placed > 50)
    assert (before, running) == (values(platform), pods(platform))
    yield platform
    before = values(platform)
    with load(platform) as customer:
        platform.output("causeway secrets migrate --to native --yes")
    assert ([], before) == (customer.failed, values(platform))
    assert not [item for item in platform.kubectl("get pods -n kube-system")["items"] if "sealed" in item["metadata"]["name"]]


def killed_between(platform: Platform, key: str) -> None:
    """Start the migration and kill it as soon as the stack file shows `key`."""
    command = 'eval "$(./scripts/env)"; exec causeway secrets migrate --to sealed --yes'
    with subprocess.Popen(
        ["bash", "-ceu", command], cwd=platform.root, env=platform.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        eventually(lambda: key in stack_file(platform))
        running.send_signal(signal.SIGKILL)


def test_whole_way_and_back(sealed: Platform) -> None:
    """4.08, 4.04: killed, resumed, under load: no failed request, no pod restarted, the same values; the real controller says so."""
    item = sealed.kubectl("get sealedsecret shop-database -n shop")

    assert "sealed" == stack_file(sealed)["level"]
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
    old = values(sealed)
    with load(sealed) as customer:
        sealed.output("causeway secrets rotate shop-database --yes")
    new = values(sealed)

    assert ([], True) == (customer.failed, customer.placed > 50)
    assert "refused" == user(sealed, old)
    assert user(sealed, new) == sealed.output("kubectl exec database-0 -n shop -- psql -U shop -d shop -Atc 'SELECT current_user'").strip()


def user(platform: Platform, known: dict[str, str]) -> str:
    """Whom the database takes the holder of these values for, over the network; "refused" where it does not."""
    login = "psql --host=database --username=$user --dbname=shop --no-password -Atc 'SELECT current_user'"
    script = f"export PGPASSWORD='{known['password']}' user='{known['username']}'; {login} 2>&1 || echo refused"
    return platform.output(f"kubectl exec -i database-0 -n shop -- sh -s <<'SCRIPT'\n{script}\nSCRIPT").strip().splitlines()[-1]


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


def test_no_canary_leaks(sealed: Platform) -> None:
    """4.13: of 200 values at each level, through every way in, none is in any sink; one that is leaked on purpose is found."""
    canaries = Canaries(sealed, ("native", "sealed"), certificate(sealed))
    canaries.prepare()
    try:
        told = {command: canaries.run(command) for command in SAYING}
        kinds = sealed.output("kubectl api-resources --namespaced --verbs=list -o name | grep -vx secrets | paste -sd,").strip()
        for level in canaries.levels:
            told[f"objects of {level}"] = canaries.run(f"kubectl get {kinds} -n canary-{level} -o json")
            kept = sealed.kubectl(f"get secrets -n canary-{level} --show-managed-fields")["items"]
            told[f"metadata of {level}"] = json.dumps([item | {"data": ""} for item in kept]).encode()
            assert 10 == len(kept)
        places = {
            str(file): file.read_bytes() for folder in ("backend", "pulumi") for file in (sealed.home / folder).rglob("*") if readable(file)
        }

        assert {} == {place: found for place, content in (told | places).items() if (found := find(canaries.values(), content))}
        canaries.run("pulumi config set leak true; pulumi up --stack canary --yes --skip-preview")
        leaks = find(canaries.values(), canaries.run("pulumi stack output --stack canary --json"))
        assert "given 7 middle" in {leak.name for leak in leaks}
    finally:
        spaces = " ".join(f"canary-{level}" for level in canaries.levels)
        canaries.run(f"kubectl delete namespace --ignore-not-found --wait=false {spaces}; pulumi stack rm --stack canary --yes --force")


SAYING = (
    "pulumi preview --stack canary --diff",
    "pulumi up --stack canary --yes --diff --debug --verbose 8 --logtostderr",
    "pulumi preview --stack canary --json",
    "pulumi up --stack canary --yes --refresh",
    "pulumi config; pulumi stack output --json; pulumi stack export; pulumi stack history",
    "kubectl get events -A -o json",
    f"{LOGS} kube-system deployment/sealed-secrets-controller",
)
"""Commands of the canaries' stack, in their order, all of whose words are looked through. From `--verbose 9` on the engine itself
writes every property, marked secret or not (docs/secrets.md)."""


def certificate(platform: Platform) -> str:
    return parse((platform.home / "sealing-keys").read_text())[-1].certificate


def test_etcd_holds_no_value(sealed: Platform) -> None:
    """4.15: what etcd wrote to the disk has the Secrets encrypted; their names, which it has in the clear, show that it was read."""
    # What is called .tmp is empty, and gets another name while one looks.
    folder = Path("/var/lib/causeway") / sealed.cluster / "etcd"
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".tmp"]
    held = b"".join(file.read_bytes() for file in files)

    assert b"/registry/secrets/shop/shop-database" in held
    assert [] == [name for name in ("password", "database-url") if values(sealed)[name].encode() in held]


def readable(file: Path) -> bool:
    """Programs hold no state, and reading them takes minutes."""
    return file.is_file() and file.stat().st_size < 5_000_000 and "plugins" not in file.parts


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
    """Issue 7, 8: with the controller away values stay, pods start and an alert is on its way; what waited is done without a hand."""
    before, alert = values(sealed), 'ALERTS{alertname="SecretsBackendDown",deployment="sealed-secrets-controller",team="platform"}'
    sealed.output("kubectl scale deployment/sealed-secrets-controller -n kube-system --replicas=0")
    try:
        eventually(lambda: asked(sealed, alert))
        sealed.output("kubectl delete secret grafana-admin -n monitoring; kubectl rollout restart deployment/web -n shop")
        with load(sealed) as customer:
            sealed.output("kubectl rollout status deployment/web -n shop --timeout=90s")
        assert ([], before) == (customer.failed, values(sealed))
        assert sealed.shell("kubectl get secret grafana-admin -n monitoring").returncode != 0
    finally:
        sealed.output("kubectl scale deployment/sealed-secrets-controller -n kube-system --replicas=1")

    eventually(lambda: sealed.shell("kubectl get secret grafana-admin -n monitoring").returncode == 0, seconds=120)
    eventually(lambda: not asked(sealed, alert))


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


def asked(platform: Platform, expression: str) -> list[dict[str, Any]]:
    """The series of a PromQL expression now."""
    url = f"{platform.stack_output('urls')['prometheus']}api/v1/query?{urlencode({'query': expression})}"
    answer = call("GET", url)
    assert answer.status == HTTPStatus.OK, answer.body
    return list(answer.body["data"]["result"])


def restart(platform: Platform) -> None:
    platform.output("kubectl rollout restart deployment/sealed-secrets-controller -n kube-system")
    platform.output("kubectl rollout status deployment/sealed-secrets-controller -n kube-system --timeout=90s")


def opened(platform: Platform) -> dict[str, str] | None:
    """The shop's values once the Secret is there."""
    return values(platform) if platform.shell("kubectl get secret shop-database -n shop").returncode == 0 else None
