"""checkov's Kubernetes checks over every rendered object: what fails by intention, and why."""

import json
from pathlib import Path
from typing import Any

import pytest

from components._kit import Manifest
from components.workload.args import Pattern
from tests.checkov import Verdict, judge
from tests.components.workload.samples import container, objects, pods
from tests.components.workload.test_schemas import FULL

pytestmark = pytest.mark.live

PATTERNS = tuple(pattern.value for pattern in Pattern)
SILENT = ("worker", "daemon")
EXCEPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "CKV_K8S_8": (("worker",), "a program that knows nothing of us can be asked nothing: a worker that hangs is found by its backlog"),
    "CKV_K8S_9": (SILENT, "readiness decides about traffic, and nothing connects to it"),
    "CKV_K8S_11": (PATTERNS, "a processor limit throttles and protects nobody; a request is there (requirements 3.2)"),
    "CKV_K8S_15": (PATTERNS, "a fixed tag is the same image on every node; asking the registry at each start adds a way to fail"),
    "CKV_K8S_40": (PATTERNS, "user 1000 is that of requirements 3.2; a volume of an existing image may want another"),
    "CKV_K8S_43": (PATTERNS, "a version tag is fixed enough to be read; a digest is taken as well (requirements 3.08)"),
}
"""Checks that the defaults fail by intention: which patterns, and why."""

BY_INPUT: dict[str, Any] = {
    "image": "shop/sample@sha256:" + "0" * 64,
    "user": 10001,
    "resources": {"cpu_limit": "1"},
}
QUESTIONS = {"readiness": {"command": ["sample", "ready"]}, "liveness": {"command": ["sample", "alive"]}}
STRICT = {pattern: {**BY_INPUT, **(QUESTIONS if pattern in SILENT else {})} for pattern in PATTERNS}
"""The inputs by which a caller gets each exception judged away."""

FULL_EXCEPTIONS = {"CKV_K8S_35": "a Secret's key as a variable is what programs read (requirements 3.2); it never becomes a plain value"}

BROKEN: dict[str, list[Manifest]] = {
    "CKV_K8S_13": container("stateless", {"resources": {"limits": None}}),
    "CKV_K8S_8": container("stateless", {"livenessProbe": None}),
    "CKV_K8S_16": container("stateless", {"securityContext": {"privileged": True}}),
    "CKV_K8S_20": container("stateless", {"securityContext": {"allowPrivilegeEscalation": True}}),
    "CKV_K8S_22": container("stateless", {"securityContext": {"readOnlyRootFilesystem": False}}),
    "CKV_K8S_19": pods("stateless", {"hostNetwork": True}),
    "CKV_K8S_38": pods("stateless", {"automountServiceAccountToken": True}),
    "CKV_K8S_23": pods("stateless", {"securityContext": {"runAsNonRoot": False, "runAsUser": 0}}),
}
"""For each check objects that break it: a judge that saw nothing would pass these too."""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    """Every variant of every pattern in one run of checkov, a file each."""
    space = {"namespace": "shop", "platform": {"enable_monitors": True}}
    judged: dict[str, list[Manifest]] = {}
    for pattern in PATTERNS:
        for variant, changes in (("few", {}), ("full", FULL[pattern]), ("strict", STRICT[pattern])):
            judged[f"{pattern}-{variant}"] = objects(pattern, **space, **changes)
    for check, made in BROKEN.items():
        judged[check] = [{**manifest, "metadata": {**manifest["metadata"], "namespace": "shop"}} for manifest in made]
    folder = tmp_path_factory.mktemp("judged")
    return judge("kubernetes", [_written(folder, name, made) for name, made in judged.items()])


def _written(folder: Path, name: str, made: list[Manifest]) -> Path:
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
    return file


def _failed(verdicts: list[Verdict], name: str) -> set[str]:
    here = [verdict for verdict in verdicts if verdict.file == f"{name}.json"]
    assert [verdict for verdict in here if verdict.passed], f"checkov judged nothing of {name}"
    return {verdict.check for verdict in here if not verdict.passed}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_defaults_fail_only_the_exceptions(verdicts: list[Verdict], pattern: str) -> None:
    """Issue 4, item 5: of all checks of checkov only those fail that we mean to, each with its reason."""
    meant = {check for check, (patterns, _) in EXCEPTIONS.items() if pattern in patterns}

    assert meant == _failed(verdicts, f"{pattern}-few")
    assert _failed(verdicts, f"{pattern}-full") <= meant | FULL_EXCEPTIONS.keys()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_exceptions_are_choices(verdicts: list[Verdict], pattern: str) -> None:
    """Issue 4, item 5: whoever wants it stricter gets it by inputs, and then nothing fails at all."""
    assert set() == _failed(verdicts, f"{pattern}-strict")


@pytest.mark.parametrize("check", BROKEN)
def test_checkov_sees_what_is_wrong(verdicts: list[Verdict], check: str) -> None:
    """Objects spoiled behind the constructor's back fail the check that is about them."""
    assert check in _failed(verdicts, check)
