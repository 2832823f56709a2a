"""Asking Prometheus and Alertmanager: by way of kubectl, so that it works on every target, whatever doors are open."""

import json
import re
import subprocess
import urllib.error
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from components.monitoring.values import ALERTMANAGER_PATH, PROMETHEUS_PATH, RELEASE
from workspace import web
from workspace.cluster import UP, chosen
from workspace.home import Home
from workspace.progress import Problem

NAMESPACE = "monitoring"
ANSWER_SECONDS = 20.0
UNREACHED = "to the server"
"""What kubectl says of a cluster that does not answer: it cannot connect to the server, or the connection to it was refused."""
_LISTENS = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) ->")


@dataclass(frozen=True)
class Service:
    """A Service of the monitoring namespace, and the path below which it answers."""

    name: str
    port: int
    path: str


PROMETHEUS = Service(f"{RELEASE}-kube-prometheus-stack-prometheus", 9090, PROMETHEUS_PATH)
ALERTMANAGER = Service(f"{RELEASE}-kube-prometheus-stack-alertmanager", 9093, ALERTMANAGER_PATH)
GRAFANA = Service(f"{RELEASE}-grafana", 80, "")


@contextmanager
def forwarded(home: Home, service: Service) -> Iterator[str]:
    """The URL at which `service` answers while this lasts; raises Problem with kubectl's complaint."""
    asked = chosen(home)
    words = ("port-forward", "--address=127.0.0.1", f"--namespace={NAMESPACE}", f"service/{service.name}", f":{service.port}")
    with subprocess.Popen(
        asked.command(*words), env=asked.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as kubectl:
        try:
            assert kubectl.stdout
            assert kubectl.stderr
            found = _LISTENS.search(kubectl.stdout.readline())
            if not found:
                complaint = (kubectl.stderr.read().strip().splitlines() or ["no message"])[-1]
                hint = UP if UNREACHED in complaint else "is monitoring enabled? causeway status"
                raise Problem(f"{service.name} cannot be reached: {complaint}; {hint}")
            yield f"http://127.0.0.1:{found[1]}{service.path}"
        finally:
            kubectl.terminate()


def ask(url: str, path: str, **words: str) -> Any:
    """The JSON that a GET brings, asked without a proxy: it is this machine. Raises Problem with what was said instead."""
    address = f"{url}/{path}" + (f"?{urllib.parse.urlencode(words)}" if words else "")
    try:
        with web.direct().open(address, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise Problem(f"{path}: answered with {error.code}: {error.read().decode(errors='replace').strip()[:200]}") from None
    except (OSError, ValueError) as error:
        raise Problem(f"{path}: no answer: {error}") from None
