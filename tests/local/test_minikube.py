"""minikube as the cluster, played by a script that writes down what it was asked."""

from pathlib import Path

import pytest

from local import minikube
from local.images import Image
from workspace.progress import Problem, Progress

MINIKUBE = """#!/bin/sh
echo "$@" >> {calls}
case "$1 $2" in
"status "*) echo {state} ;;
"{refused}") printf 'one line\\nX Exiting due to {refused}\\n' >&2; exit 1 ;;
esac
"""


class Double:
    """A `minikube` on PATH, in some state, that refuses one command."""

    def __init__(self, folder: Path) -> None:
        self.program, self.calls = folder / "minikube", folder / "calls"

    def plays(self, state: str, refused: str = "nothing") -> None:
        self.program.write_text(MINIKUBE.format(calls=self.calls, state=state, refused=refused))
        self.program.chmod(0o755)

    def asked(self) -> list[str]:
        return [" ".join(line.split()[:2]) for line in self.calls.read_text().splitlines()]


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Double:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Double(tmp_path)


@pytest.mark.parametrize(("state", "starts"), [("Running", []), ("Stopped", ["start --cpus=4"])])
def test_running_minikube_is_left_as_it_is(double: Double, state: str, starts: list[str]) -> None:
    """Item 1: one that runs is used as it is; one that does not is started with the platform's budget. Both get the ingress."""
    double.plays(state)
    minikube.start(Progress())

    assert ["status --format={{.APIServer}}", *starts, "addons enable"] == double.asked()


@pytest.mark.parametrize("refused", ["start --cpus=4", "addons enable"])
def test_what_minikube_says_is_one_line(double: Double, refused: str) -> None:
    """Item 9: a minikube that fails is told with its last line, and nothing goes on."""
    double.plays("Stopped", refused)

    with pytest.raises(Problem, match=f"^minikube {refused.split()[0]}[^\\n]*: X Exiting due to {refused}$"):
        minikube.start(Progress())


def test_images_are_loaded(double: Double, tmp_path: Path) -> None:
    """Item 3: what no registry has is brought into minikube, each image by its file; a refusal names the image."""
    image = Image("shop:1", tmp_path / "shop.tar", "sha256:1")
    double.plays("Running")
    minikube.bring_images([image], Progress())
    loaded = double.asked()
    double.plays("Running", "image load")

    assert ["image load"] == loaded
    with pytest.raises(Problem, match=r"^minikube image load shop:1: X Exiting"):
        minikube.bring_images([image], Progress())
