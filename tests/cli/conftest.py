"""A checkout with a platform that two small programs play: no engine, no cluster."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.app import app

OUTPUTS = {
    "urls": {"shop": "http://127.0.0.1:1/"},
    "workloads": {"web": {"kind": "Deployment", "namespace": "shop", "pattern": "stateless"}},
    "secretRefs": {"shop-database/password": {"namespace": "shop", "secret": "shop-database", "key": "password"}},
}
PROGRAM = """#!/bin/sh
echo "$@" >> "$CAUSEWAY_HOME/{name}.calls"
cat "$CAUSEWAY_HOME/{name}.answer"
if [ -f "$CAUSEWAY_HOME/{name}.next" ]; then mv "$CAUSEWAY_HOME/{name}.next" "$CAUSEWAY_HOME/{name}.answer"; fi
"""
REFUSING = '#!/bin/sh\necho "{message}" >&2\nexit 1\n'


class FakePlatform:
    """A CAUSEWAY_HOME whose `pulumi` and `kubectl` answer what they are told to."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for folder in ("bin", "pulumi"):
            (home / folder).mkdir()
        (home / "kubeconfig").touch()
        for name in ("pulumi", "kubectl"):
            self.program(name, PROGRAM.format(name=name))
        self.answers("pulumi", OUTPUTS)
        self.has()

    def program(self, name: str, text: str) -> None:
        path = self.home / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def answers(self, name: str, answer: Any) -> None:
        (self.home / f"{name}.answer").write_text(json.dumps(answer))

    def has(self, *objects: Any) -> None:
        """The objects that the cluster has."""
        self.answers("kubectl", {"items": objects})

    def will_have(self, *objects: Any) -> None:
        """The objects that the cluster has from the second question on."""
        self.will_answer("kubectl", {"items": objects})

    def will_answer(self, name: str, answer: Any) -> None:
        """What a program answers from the second question on."""
        (self.home / f"{name}.next").write_text(json.dumps(answer))

    def refuses(self, name: str, message: str) -> None:
        self.program(name, REFUSING.format(message=message))

    def calls(self, name: str) -> list[str]:
        return (self.home / f"{name}.calls").read_text().splitlines()

    def run(self, *words: str, environment: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(app, list(words), env=environment, prog_name="causeway")

    def json(self, words: Sequence[str]) -> Any:
        return json.loads(self.run(*words, "--json").stdout)


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    for name in ("PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_HOME", "KUBECONFIG", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    monkeypatch.setenv("CAUSEWAY_CLUSTER", "nobody-made-this")
    return FakePlatform(tmp_path)
