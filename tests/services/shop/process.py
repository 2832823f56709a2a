"""The shop's processes under test: started as in a container, talked to over HTTP and signals."""

import http.client
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE

SOURCE = Path(__file__).resolve().parents[3] / "services" / "shop"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `body` is the parsed JSON, or text where it is none."""

    status: int
    headers: dict[str, str]
    body: Any


class Process:
    """`shop <arguments>` with its environment and its log."""

    def __init__(self, log: Path, *arguments: str, **environment: str) -> None:
        self.log = log
        inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH", "HOME")}
        with log.open("a") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "shop", *arguments],
                env=inherited | {"PYTHONPATH": str(SOURCE)} | environment,
                stderr=stderr,
                stdout=subprocess.PIPE,
                text=True,
            )

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = PATIENCE) -> int:
        return self._process.wait(seconds)

    def output(self) -> str:
        """Standard output until the process ends."""
        return self._process.communicate(timeout=PATIENCE)[0]

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def records(self) -> list[dict[str, Any]]:
        """The log; fails when a line is not JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def remove(self) -> None:
        if self.is_running:
            self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


class Client:
    """Talks to one address."""

    def __init__(self, port: int) -> None:
        self.port = port

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Send a request; a `body` that is neither bytes nor None goes as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
            given = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, body, given | (headers or {}))
            answer = connection.getresponse()
            text = answer.read().decode()
            is_json = answer.headers.get_content_type() == "application/json"
            return Answer(answer.status, dict(answer.headers.items()), json.loads(text) if is_json and text else text)
        finally:
            connection.close()

    def place(self, item: str = "book", quantity: int = 1, **headers: str) -> Answer:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", "/orders", {"item": item, "quantity": quantity}, names)

    def status(self, path: str) -> int:
        """The status of GET `path`, 0 where nothing answers."""
        try:
            return self.call("GET", path).status
        except OSError:
            return 0
