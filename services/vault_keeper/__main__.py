"""`python -m vault_keeper`: a round every two seconds until told to stop; /readyz says whether Vault is open and configured."""

import json
import os
import signal
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .cluster import ACCOUNT, Cluster, Refused
from .keeper import Keeper, Plan
from .vault import Vault
from .web import Server

PORT = 8080
PERIOD_SECONDS = 2.0
STUCK_SECONDS = 120.0


class State:
    """What the last round found, and when."""

    def __init__(self) -> None:
        self.found, self.at, self.over = "", time.monotonic(), threading.Event()

    def tell(self, found: str) -> None:
        """Say what is new, once."""
        if found != self.found:
            print(found, flush=True)
        self.found, self.at = found, time.monotonic()


def keep(keeper: Keeper, state: State) -> None:
    """Round after round; what went wrong is tried again in the next."""
    while not state.over.is_set():
        try:
            state.tell(keeper.round())
        except Refused as refused:
            state.tell(str(refused))
        except OSError as error:
            state.tell(f"nobody answers: {type(error).__name__}")
        state.over.wait(PERIOD_SECONDS)


def serve(state: State) -> ThreadingHTTPServer:
    """Answers the kubelet's probes."""

    class Probe(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            alive = time.monotonic() - state.at < STUCK_SECONDS
            good = {"/healthz": alive, "/readyz": alive and state.found.startswith("ready")}.get(self.path, False)
            self.send_response(HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """A line for each probe would hide the others."""

    return ThreadingHTTPServer(("", PORT), Probe)


def configured(environment: dict[str, str]) -> Keeper:
    """The keeper as its pod's environment describes it."""
    api = Server(f"https://{environment['KUBERNETES_SERVICE_HOST']}:{environment['KUBERNETES_SERVICE_PORT']}", str(ACCOUNT / "ca.crt"))
    plan = Plan(
        shares=int(environment["SHARES"]),
        threshold=int(environment["THRESHOLD"]),
        secret=environment["SHARES_NAME"],
        mount=environment["AUTH_MOUNT"],
        role=environment["ROLE"],
        proof=ACCOUNT / "vault-token",
        labels=json.loads(environment["LABELS"]),
        opens_itself=environment.get("OPENS_ITSELF") == "true",
    )
    authority = environment.get("VAULT_CACERT") or None
    servers = [Vault(Server(address, authority)) for address in environment.get("VAULT_SERVERS", "").split()]
    cluster = Cluster(api, environment["NAMESPACE"], Path(ACCOUNT / "token"))
    return Keeper(Vault(Server(environment["VAULT_ADDR"], authority)), cluster, plan, servers)


def main() -> None:
    """Keep Vault until SIGTERM."""
    state, keeper = State(), configured(dict(os.environ))
    server = serve(state)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: state.over.set())
    keep(keeper, state)


if __name__ == "__main__":
    main()
