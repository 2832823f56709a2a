"""The EKS and GKE stacks: golden URNs, the same outputs, and nothing that differs without a key of the profile."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recorder import Recording
from tests.stacks.clouds import TARGETS, recorded
from tests.stacks.portability import CLOUDS, differences, listed, objects
from tests.stacks.program import REPOSITORY

pytestmark = pytest.mark.usefixtures("home")

NAMES = {"minikube", "local-path", "nginx", "standard"}
"""What only minikube has; `standard` as a class, not GKE's `standard-rwo`."""


@pytest.mark.parametrize("target", CLOUDS)
def test_urns(target: str) -> None:
    """URNs are public: a change of the golden list needs an alias or a changelog entry."""
    golden = REPOSITORY / f"tests/stacks/{target}.urns"

    assert golden.read_text().split() == sorted(recorded(target).urns())


def test_outputs_have_the_same_names_on_all_targets() -> None:
    """Issue 8, item 7: urls, workloads and secretRefs, with the same workloads and secrets everywhere."""
    found = {target: recorded(target, profile_only=True).outputs for target in TARGETS}

    assert {"urls", "workloads", "secretRefs"} <= found["minikube"].keys()
    assert found["minikube"].keys() == found["eks"].keys() == found["gke"].keys()
    for name in ("workloads", "secretRefs"):
        assert found["minikube"][name] == found["eks"][name] == found["gke"][name]


@pytest.mark.parametrize("target", CLOUDS)
def test_only_the_profile_makes_a_difference(target: str) -> None:
    """Issue 8, item 4: docs/portability.md names every difference; mend a new one, or run python -m tests.stacks.portability."""
    here, there = (objects(recorded(name, profile_only=True)) for name in ("minikube", target))

    assert listed(target) == differences(here, there)


@pytest.mark.parametrize("target", CLOUDS)
def test_nothing_is_named_after_minikube(target: str) -> None:
    """Issue 8, item 1: no class, namespace or name of minikube's reaches a cloud."""
    assert not NAMES & set(_texts(recorded(target)))


@pytest.mark.process
@pytest.mark.parametrize("target", TARGETS)
def test_no_cloud_sdk_is_imported(target: str, home: Path) -> None:
    """Issue 8, item 2: the program of every target runs without pulumi_aws and pulumi_gcp."""
    code = (
        "import sys; from tests.stacks.clouds import run_target; "
        f"run_target({target!r}); print(sorted({{'pulumi_aws', 'pulumi_gcp', 'pulumi_eks'}} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, env={"CAUSEWAY_HOME": str(home)})

    assert "[]\n" == answer.stdout, answer.stderr


def _texts(value: object) -> list[str]:
    if isinstance(value, Recording):
        return [text for resource in value.resources for text in _texts(resource.inputs)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def required(file: str) -> set[str]:
    """The packages that a requirements file names, those of the files that it includes too."""
    path = REPOSITORY / file
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    included = [str((path.parent / line.removeprefix("-r ")).resolve().relative_to(REPOSITORY)) for line in lines if line.startswith("-r ")]
    return {line.partition("==")[0] for line in lines if not line.startswith("-r ")}.union(*map(required, included))


def test_up_installs_its_part_alone() -> None:
    """Issue 8, item 2: requirements.txt has everything; what scripts/up and scripts/rehearse install has no cloud's SDK."""
    sdks = {"pulumi-aws", "pulumi-gcp"}
    default = re.findall(r"\{requirements:=(.+?)\}", (REPOSITORY / "scripts/bootstrap").read_text())

    assert sdks <= required("requirements.txt")
    assert ["requirements/minikube.txt"] == default
    assert not sdks & required(default[0])
    assert [] == [name for name in ("up", "rehearse") if "requirements=" in (REPOSITORY / f"scripts/{name}").read_text()]
    assert ({"pulumi-aws"}, {"pulumi-gcp"}) == tuple(sdks & required(f"requirements/{target}.txt") for target in CLOUDS)
