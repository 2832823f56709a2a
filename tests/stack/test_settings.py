"""Settings: valid files are read, invalid ones are refused by one line for each mistake."""

import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pydantic.alias_generators import to_camel

from stack import pins, settings, state
from tests.recorder import run
from tests.stacks.program import REPOSITORY, stack_config

CONFIGS = REPOSITORY / "tests/configs"
INVALID = sorted((CONFIGS / "invalid").glob("*.yaml"))
VALID = sorted((CONFIGS / "valid").glob("*.yaml"))
MARK = "# refused: "


def _load(stack_file: Path) -> settings.Settings:
    return settings.parse(stack_config(stack_file))


def _expected(stack_file: Path) -> list[str]:
    """The lines that the file itself says; `{settings}` stands for the names of all settings."""
    names = ", ".join(sorted(to_camel(name) for name in settings.FIELDS))
    lines = [line.removeprefix(MARK) for line in stack_file.read_text().splitlines() if line.startswith(MARK)]
    return [line.replace("{settings}", names) for line in lines]


@pytest.mark.parametrize("stack_file", INVALID, ids=lambda path: path.stem)
def test_invalid(stack_file: Path) -> None:
    """Every mistake is one line, the one that the file itself says, and all mistakes are said at once."""
    with pytest.raises(pulumi.RunError) as refused:
        _load(stack_file)

    assert _expected(stack_file) == str(refused.value).splitlines()


@pytest.mark.parametrize("stack_file", INVALID, ids=lambda path: path.stem)
def test_a_refusal_names_path_allowed_and_fix(stack_file: Path) -> None:
    """A refusal says where, what was given or that there is no such thing, what is allowed, and how to mend it."""
    for line in _expected(stack_file):
        assert re.match(r"caus\w+:\w", line)
        assert "; allowed: " in line
        assert "; fix: pulumi config " in line


@pytest.mark.parametrize("key", ["seed", "escrow", "gitCredential"])
def test_value_to_be_kept_is_never_shown(key: str) -> None:
    """4.1: a credential that cannot be taken is not in the refusal, even where it was given in the clear."""
    with pytest.raises(pulumi.RunError) as refused:
        settings.parse(stack_config(VALID[0]) | {f"causeway:{key}": '{"token": "never-show-this"}'})

    assert f"causeway:{key}: given [secret]; allowed: " in str(refused.value)
    assert "never-show-this" not in str(refused.value)


def test_there_are_enough_invalid_files() -> None:
    """Issue 3 asks for at least 20 kinds of mistakes."""
    assert 20 <= len(INVALID)


def test_several_mistakes_are_reported_together() -> None:
    """One run shows all of them."""
    assert 5 == len(_expected(CONFIGS / "invalid/several-at-once.yaml"))


@pytest.mark.parametrize("stack_file", VALID, ids=lambda path: path.stem)
def test_valid(stack_file: Path) -> None:
    """A valid file gives back what it says."""
    given: dict[str, Any] = yaml.safe_load(stack_file.read_text())["config"]
    read = _load(stack_file).model_dump(mode="json", by_alias=True)

    for key, value in given.items():
        namespace, _, name = key.partition(":")
        if namespace == "causeway":
            assert value == read[name] if not isinstance(value, dict) else value.items() <= read[name].items()


def test_what_is_not_given_stays_unset() -> None:
    """A default belongs to one component, so settings have none of its own."""
    shop = _load(CONFIGS / "valid/nothing.yaml").shop

    assert {None} == set(shop.model_dump().values())


def test_settings_cannot_be_changed() -> None:
    """Values travel one way."""
    read = _load(CONFIGS / "valid/nothing.yaml")

    with pytest.raises(ValueError, match="frozen"):
        read.team = "other"


def test_every_setting_is_declared() -> None:
    """Pulumi.yaml declares each setting with type and description, and nothing else."""
    declared = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["config"]

    assert {f"causeway:{to_camel(name)}" for name in settings.FIELDS} == set(declared)
    assert all({"type", "description", "default"} == set(entry) for entry in declared.values())


def test_secret_values_are_not_echoed() -> None:
    """4.13: a refusal shows no value of a key that is encrypted."""
    with pytest.raises(pulumi.RunError, match=r"given \[secret\]"):
        run(_parse_secret)


def _parse_secret() -> None:
    pulumi.runtime.set_all_config({"causeway:team": "Canary Value"}, ["causeway:team"])
    settings.parse({**stack_config(CONFIGS / "valid/nothing.yaml"), "causeway:team": "Canary Value"})


@pytest.mark.usefixtures("home")
def test_checkpoints_are_kept_off_minikube(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cloud run without checkpoints would lose what it made, so it is refused."""
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "true")

    with pytest.raises(pulumi.RunError, match="PULUMI_SKIP_CHECKPOINTS: given true, allowed: only on platform minikube"):
        run(settings.load, config=stack_config(CONFIGS / "valid/eks.yaml"))


@pytest.mark.usefixtures("home")
def test_checkpoints_may_be_skipped_on_minikube(monkeypatch: pytest.MonkeyPatch) -> None:
    """On minikube a killed run is simply repeated."""
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "true")

    run(settings.load, config=stack_config(CONFIGS / "valid/nothing.yaml"))


def test_kubeconfig_of_the_checkout(home: Path) -> None:
    """Without a kubeconfig of its own a stack uses the one that scripts/up wrote."""
    assert str(home / "kubeconfig") == state.kubeconfig_path(_load(CONFIGS / "valid/nothing.yaml"))


def test_kubeconfig_given() -> None:
    """A given kubeconfig is relative to the repository."""
    assert str(REPOSITORY / "some/where/kubeconfig") == state.kubeconfig_path(_load(CONFIGS / "valid/all-of-it.yaml"))


def test_object_that_is_no_json() -> None:
    """Broken JSON is refused like any other value, not by a traceback."""
    config = {**stack_config(CONFIGS / "valid/nothing.yaml"), "causeway:shop": '{"replicas": '}

    with pytest.raises(pulumi.RunError, match="causeway:shop: given"):
        settings.parse(config)


def test_images_are_pinned() -> None:
    """versions.json is the only place of a version."""
    assert json.loads((REPOSITORY / "components" / "versions.json").read_text())["images"] == pins.images()
