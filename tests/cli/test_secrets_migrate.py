"""`causeway secrets migrate`, `rotate` and `sealing-key` up to where a cluster is needed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from cli.secrets import sealing_key
from cli.secrets.migrate import Migration
from cli.secrets.rotate import Rotation
from components.secrets.sealing_keys import parse
from tests.cli.conftest import OUTPUTS, FakePlatform
from workspace.home import Home


def config(platform: FakePlatform, **secrets: str) -> None:
    """What pulumi says of the stack's settings, its `target` among them, and then of its outputs."""
    target = secrets.pop("target", "minikube")
    entry = {"causeway:secrets": {"value": json.dumps(secrets), "objectValue": secrets}} if secrets else {}
    platform.answers("pulumi", {"causeway:platform": {"value": target}, **entry})


def test_plan_comes_first(platform: FakePlatform) -> None:
    """Issue 7, 4: --plan shows every step and changes nothing."""
    config(platform)
    result = platform.run("secrets", "migrate", "--to", "sealed", "--plan")

    assert ["1. escrow", "2. make", "3. compare", "4. cut over", "5. confirm", "6. clean up"] == [
        line.partition(":")[0] for line in result.stdout.splitlines()
    ]
    assert all(call.startswith("config --json") for call in platform.calls("pulumi"))


def test_nothing_to_do(platform: FakePlatform) -> None:
    """A stack that is there already is left alone."""
    config(platform, level="sealed")
    result = platform.run("secrets", "migrate", "--to", "sealed")

    assert (0, "The stack is at level sealed: nothing to do.\n") == (result.exit_code, result.stdout)


def test_an_interrupted_rotation_is_finished_first(platform: FakePlatform) -> None:
    """4.08, 4.09: its new value would not be the one that the levels are compared by; the plan says so and begins with it."""
    config(platform)
    platform.will_answer("pulumi", OUTPUTS)
    (platform.home / "rotation-shop-database.json").write_text('{"version": 3}')
    result = platform.run("secrets", "migrate", "--to", "external", "--plan")

    first, second, *_ = result.stdout.splitlines()
    assert "1. finish the rotation of shop-database to version 3, which was interrupted" == first
    assert second.startswith("2. make")


def test_no_rotation_between_cut_and_confirmation(platform: FakePlatform) -> None:
    """4.08: after a cut that was not confirmed a new value would look like a wrong one: one line says what to finish first."""
    platform.will_answer("pulumi", {"causeway:secrets": {"value": "", "objectValue": {"level": "sealed", "previous": "native"}}})
    result = platform.run("secrets", "rotate", "shop-database", "--yes")

    reason = "a migration from native to sealed is under way: finish it with causeway secrets migrate --to sealed"
    assert (2, f"error: SECRET: {reason}\n") == (result.exit_code, result.stderr)


REFUSED = {
    "A level whose back end is not ready.": (
        ["--to", "vault"],
        {"target": "gke"},
        "--to: given 'vault', whose back end is not ready on platform gke: missing is causeway:gke.vaultKey, the key that opens Vault",
    ),
    "Nobody to ask.": (["--to", "sealed"], {}, "nobody can be asked here: give --yes"),
    "Another migration under way.": (["--to", "sealed"], {"candidate": "external"}, "give it up with --to native"),
    "A word that is no level.": (["--to", "sealed"], {"level": "vualt"}, "causeway:secrets: 'vualt' is not a valid SecretsLevel"),
}


@pytest.mark.parametrize(("words", "secrets", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(platform: FakePlatform, words: list[str], secrets: dict[str, str], reason: str) -> None:
    """Issue 7, 9: one clear line, and nothing is changed."""
    config(platform, **secrets)
    result = platform.run("secrets", "migrate", *words)

    assert result.exit_code != 0
    assert reason in result.stderr
    assert all(call.startswith("config --json") for call in platform.calls("pulumi"))


REMEMBERING: dict[str, tuple[str, Callable[[], None]]] = {
    "A migration.": ("migration.json", lambda: Migration(Home.load())._remember()),
    "A rotation.": ("rotation-shop-database.json", lambda: Rotation(Home.load(), "shop", "shop-database")._remember()),
}


@pytest.mark.parametrize(("name", "remember"), REMEMBERING.values(), ids=REMEMBERING)
def test_killed_as_it_remembers(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, name: str, remember: Callable[[], None]) -> None:
    """4.09: an interrupted run goes on by its file: that is there whole or not at all, and its owner's alone."""
    platform.answers("kubectl", {"data": {"password": "c2VjcmV0"}})
    monkeypatch.setattr(os, "fsync", Mock(side_effect=[KeyboardInterrupt, None]))
    with pytest.raises(KeyboardInterrupt):
        remember()
    assert not (platform.home / name).exists()

    remember()

    assert 0o600 == (platform.home / name).stat().st_mode & 0o777
    assert json.loads((platform.home / name).read_text())["salt"]


def test_rotating_what_is_not_there(platform: FakePlatform) -> None:
    """A Secret that the stack does not have is refused, with those that it has."""
    result = platform.run("secrets", "rotate", "shop-databse", "--plan")

    assert (2, "error: SECRET: given shop-databse; allowed: shop-database\n") == (result.exit_code, result.stderr)


def test_sealing_keys_are_only_added(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """4.05: a new key joins the escrow, which its owner alone can read; none is lost."""
    monkeypatch.setattr(sealing_key.new_sealing_key, "__defaults__", (1024,))
    file = Path(platform.home / "sealing-keys")
    platform.run("secrets", "sealing-key")
    first = parse(file.read_text())
    result = platform.run("secrets", "sealing-key")

    assert "2 sealing keys" in result.stdout
    assert first == parse(file.read_text())[:1]
    assert 0o600 == file.stat().st_mode & 0o777
