"""The fifteen ordinary programs of issue 21, point 9: files that everybody may begin with, each rendered, and judged as it stands."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from cli.workload import documents, render
from components._kit import Manifest
from platforms.profile import Profile, profile
from policy.judging import checks_across, checks_of

FOLDER = Path(__file__).parents[3] / "examples" / "workloads"
FILES = sorted(FOLDER.glob("*.yaml"))
TARGETS = ("minikube", "eks", "gke")
OF_OTHERS = ("monitoring.coreos.com", "keda.sh", "gateway.networking.k8s.io")


@pytest.fixture(autouse=True, scope="module")
def _schemas_are_read_once() -> Iterator[None]:
    """The package reads two files of megabytes for each object that it judges, most of these tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kubernetes_validate.utils, "schema_contents", cache(kubernetes_validate.utils.schema_contents))
        yield


@cache
def _profile(target: str) -> Profile:
    return profile(render.stack_settings(target))


def made(file: Path, target: str) -> list[Manifest]:
    return render.manifests(documents.read_workloads(file.read_text(), file.name), _profile(target))


def test_there_are_the_fifteen() -> None:
    """9: each program of the list has its file, nginx two, and says in its first line what it is."""
    assert 16 == len(FILES)
    assert all(file.read_text().startswith("# ") for file in FILES)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_rendered_and_judged(file: Path, target: str) -> None:
    """9: every target takes it; the policy pack has nothing against it, and Kubernetes knows every field."""
    objects = made(file, target)

    assert [] == [line for each in objects for check in checks_of(each) for line in check()]
    assert [] == [line for check in checks_across(objects) for line in check()]
    for each in objects if target == TARGETS[0] else []:
        if not each["apiVersion"].startswith(OF_OTHERS):
            kubernetes_validate.validate(each, "1.36", strict=True)


def test_they_say_no_secret() -> None:
    """A file that lies in a repository names Secrets, and holds none."""
    contents: list[dict[str, Any]] = [yaml.safe_load(file.read_text()) for file in FILES]

    assert all("password" not in str(content.get("env", {})).lower() for content in contents)
