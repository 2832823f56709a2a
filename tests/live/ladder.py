"""The ladder from outside: a shop under load, its Secret, and the way from one level to another."""

import base64
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from tests.live.platform import Platform, call
from tests.waiting import eventually


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


def workloads(platform: Platform) -> dict[str, int]:
    """Kind and name of the shop's workload objects to how often each was changed."""
    items = platform.kubectl("get deployments,statefulsets,cronjobs -n shop")["items"]
    return {f"{item['kind']} {item['metadata']['name']}": item["metadata"]["generation"] for item in items}


def climb(platform: Platform, level: str, killed_at: str = "") -> None:
    """Move to a level under load, perhaps by way of a kill: no request fails, no pod restarts, no workload changes, values stay."""
    if stack_file(platform).get("level", "native") == level:
        return
    before = values(platform), pods(platform), workloads(platform)
    with load(platform) as customer:
        if killed_at:
            killed_between(platform, level, killed_at)
        platform.output(f"causeway secrets migrate --to {level} --yes")
    assert ([], True) == (customer.failed, customer.placed > 50)
    assert before == (values(platform), pods(platform), workloads(platform))
    assert level == stack_file(platform).get("level")


def killed_between(platform: Platform, level: str, key: str) -> None:
    """Start the migration and kill it as soon as the stack file shows `key`."""
    command = f'eval "$(./scripts/env)"; exec causeway secrets migrate --to {level} --yes'
    with subprocess.Popen(
        ["bash", "-ceu", command], cwd=platform.root, env=platform.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        eventually(lambda: key in stack_file(platform))
        running.send_signal(signal.SIGKILL)


def user(platform: Platform, known: dict[str, str]) -> str:
    """Whom the database takes the holder of these values for, over the network; "refused" where it does not."""
    login = "psql --host=database --username=$user --dbname=shop --no-password -Atc 'SELECT current_user'"
    script = f"export PGPASSWORD='{known['password']}' user='{known['username']}'; {login} 2>&1 || echo refused"
    return platform.output(f"kubectl exec -i database-0 -n shop -- sh -s <<'SCRIPT'\n{script}\nSCRIPT").strip().splitlines()[-1]


def asked(platform: Platform, expression: str) -> list[dict[str, Any]]:
    """The series of a PromQL expression now."""
    url = f"{platform.stack_output('urls')['prometheus']}api/v1/query?{urlencode({'query': expression})}"
    answer = call("GET", url)
    assert answer.status == HTTPStatus.OK, answer.body
    return list(answer.body["data"]["result"])


@contextmanager
def unanswered(platform: Platform, namespace: str, name: str) -> Iterator[None]:
    """The answers of a program's pod to External Secrets are lost on their way, and nothing is refused: a store that hangs."""
    (pod,) = platform.kubectl(f"get pods -n {namespace} -l app.kubernetes.io/name={name}")["items"]
    (reader,) = platform.kubectl("get pods -n external-secrets -l app.kubernetes.io/name=external-secrets")["items"]
    route = ["nsenter", f"--target={_sandbox(pod['metadata']['uid'])}", "--net", "ip", "route"]
    lost = ["blackhole", reader["status"]["podIP"]]
    subprocess.run([*route, "add", *lost], check=True)
    try:
        yield
    finally:
        subprocess.run([*route, "delete", *lost], check=True)


def _sandbox(pod: str) -> str:
    """The process that holds a pod's network."""
    groups = {path.parent: path.read_text() for path in Path("/proc").glob("[0-9]*/cgroup")}
    (found,) = [process.name for process, group in groups.items() if pod in group and (process / "comm").read_text() == "pause\n"]
    return found


def readable(file: Path) -> bool:
    """Programs hold no state, and reading them takes minutes."""
    return file.is_file() and file.stat().st_size < 5_000_000 and "plugins" not in file.parts


def rotated(platform: Platform) -> None:
    """The database's password is rotated under load: no request fails, the new one is accepted, and the old one refused."""
    old = values(platform)
    with load(platform) as customer:
        platform.output("causeway secrets rotate shop-database --yes")
    owner = platform.output("kubectl exec database-0 -n shop -- psql -U shop -d shop -Atc 'SELECT current_user'").strip()

    assert ([], True) == (customer.failed, customer.placed > 50)
    assert ("refused", owner) == (user(platform, old), user(platform, values(platform)))
