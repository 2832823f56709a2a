"""Every `causeway` command that README and docs name, run as it stands there, on a platform that two small programs play."""

import re
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import FakePlatform
from tests.components.gitops.layouts import FILES, write
from tests.components.workload.test_score import SCORE
from tests.contract.commands import documented

pytestmark = pytest.mark.process

COMMANDS = sorted(text for text in documented() if re.match(r"causeway( |$)", text))
WORKER = {"name": "tail", "team": "shop", "pattern": "worker", "image": "shop/worker:1.0.0"}
VALUES = {
    "SERVICE": "web",
    "ENV": "staging",
    "LEVEL": "sealed",
    "SECRET": "shop-database",
    "<secret>": "shop-database",
    "SECONDS": "1",
    "600": "1",
    "900": "1",
    "UID": "causeway-memory",
    "FOLDER": "pictures",
    "TIME": "15m",
    "NAME=VALUE": "namespace=shop",
    "namespace=<namespace>": "namespace=shop",
    "pod=<pod>": "pod=web",
    "workload=<service>": "workload=web",
    "PATTERN": "stateless",
    "IMAGE": "shop/web:1.0.0",
    "NAME": "shop",
    "minikube/eks/gke": "minikube",
    "DIRECTORY": "layout",
}
"""What stands for the words that a page leaves to its reader."""
WHOLE = frozenset(f"causeway{rest}" for rest in ("", " gitops", " workload", " secrets migrate", " secrets rotate", " workload render"))
"""Named as a whole: answered with the help, or with what is missing."""


def typed(text: str) -> list[str]:
    """The words of a command as a reader would type them."""
    words = re.sub(r"[\[\]]|\.\.\.", " ", text).split()[1:]
    made = [VALUES.get(word, word) for word in words]
    file = "score.yaml" if "import" in words else "workloads.yaml"
    # Both ends of a promotion are the same word on the page.
    made = ["development" if before == "--from" else word for before, word in zip(["", *made], made, strict=False)]
    made = ["new" if word == "layout" and "init" in words else word for word in made]
    return [file if word == "FILE" else word for word in made]


@pytest.mark.parametrize("text", COMMANDS)
def test_command_of_the_docs(text: str, platform: FakePlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 15, point 5: what a page tells its reader to type is a command with those options, and its end is no traceback."""
    (tmp_path / "workloads.yaml").write_text(yaml.safe_dump(WORKER))
    (tmp_path / "score.yaml").write_text(yaml.safe_dump(SCORE))
    write(FILES, tmp_path / "layout")
    write(FILES, tmp_path / "gitops")
    monkeypatch.chdir(tmp_path)
    words = typed(text)
    if words[:2] == ["gitops", "promote"]:
        words.append("--no-commit")
    if "ledger" in words:
        platform.refuses("kubectl", "no cluster")
    answer = platform.run(*words)

    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    assert answer.exit_code in (0, 1, 2)
    # What is not there may be refused; what is no command, or no option of it, may not be on a page.
    assert text in WHOLE or "--help" not in answer.stderr, answer.stderr
