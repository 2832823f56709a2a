"""`python -m argocd_keeper`: a round every three seconds until told to stop; /healthz says whether rounds go on."""

import os
import signal
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .api import ACCOUNT, Api, Refused
from .keeper import Keeper, Plan

PORT = 8080
PERIOD_SECONDS = 3.0
STUCK_SECONDS = 60.0


class State:
    """What the last round did, and when."""

    def __init__(self) -> None:
        self.said, self.at, self.over = "", time.monotonic(), threading.Event()

    def tell(self, said: str) -> None:
        """Say what is new, once."""
        if said != self.said:
            print(said, flush=True)
        self.said, self.at = said, time.monotonic()


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
            is_good = self.path == "/healthz" and time.monotonic() - state.at < STUCK_SECONDS
            self.send_response(HTTPStatus.OK if is_good else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """A line for each probe would hide the others."""

    return ThreadingHTTPServer(("", PORT), Probe)


def configured(environment: dict[str, str]) -> Keeper:
    """The keeper as its pod's environment describes it."""
    api = Api(
        f"https://{environment['KUBERNETES_SERVICE_HOST']}:{environment['KUBERNETES_SERVICE_PORT']}", ACCOUNT / "ca.crt", ACCOUNT / "token"
    )
    plan = Plan(environment["NAMESPACE"], environment["ROOT"], environment["CONTROLLER"], tuple(environment["HOOKS"].split()))
    return Keeper(api, plan)


def main() -> None:
    """Keep until SIGTERM."""
    state, keeper = State(), configured(dict(os.environ))
    server = serve(state)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: state.over.set())
    keep(keeper, state)


if __name__ == "__main__":
    main()
