"""Rules of settings that stand in no file of their own: the limits of values, and what follows from what is left out."""

import json
from typing import Any

import pulumi
import pytest

from components.secrets.levels import SecretsLevel
from stack import settings, state
from tests.conftest import SEED
from tests.recorder import run
from tests.stacks.program import REPOSITORY, stack_config

CALLERS = [f"203.0.113.{number}/32" for number in range(41)]
LIMITS: dict[str, tuple[list[Any], list[Any]]] = {
    "shop.replicas": ([1, 50], [0, 51]),
    "shop.storageSize": (["1Mi", "1Gi", "1Ti"], ["1Ki", "0Gi"]),
    "monitoring.scrapeInterval": (["1s", "10m"], ["0s", "1h"]),
    "monitoring.retention": (["1h", "1d", "1w"], ["0h", "1m"]),
    "secrets.rotations": ([{"mail": {}}, {"mail": {"version": 1}}], [{"mail": {"version": 0}}, {"mail": {"version": "1"}}]),
    "team": (["a", "a" * 40], ["", "a" * 41, "1a"]),
    "eks.account": (["012345678901"], ["01234567890", "0123456789012"]),
    "eks.cidr": (["10.0.0.0/16", "10.0.0.0/20"], ["10.0.0.0/15", "10.0.0.0/21"]),
    "eks.zones": (
        [["eu-central-1a", "eu-central-1b", "eu-central-1d"]],
        [["eu-central-1a", "eu-central-1b"], [f"eu-central-1{zone}" for zone in "abcd"]],
    ),
    "eks.adminRoles": ([["arn:aws:iam::012345678901:role/deployer"]], [[]]),
    "eks.publicAccessCidrs": ([[], ["200.0.0.0/8"], CALLERS[:40]], [["200.0.0.0/7"], CALLERS]),
    "eks.deletionProtection": ([True, False], ["true", 1]),
    "gke.cidr": (["10.0.0.0/12", "10.0.0.0/16"], ["10.0.0.0/11", "10.0.0.0/17"]),
}
CLOUDS = ("eks", "gke")


def with_value(path: str, value: Any) -> dict[str, str]:
    """The configuration of the stack that a setting belongs to, with the setting at `value`."""
    section, _, key = path.partition(".")
    config = stack_config(REPOSITORY / f"tests/configs/valid/{section if section in CLOUDS else 'nothing'}.yaml")
    given = {**json.loads(config[f"causeway:{section}"]), key: value} if key else value
    return {**config, f"causeway:{section}": given if isinstance(given, str) else json.dumps(given)}


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, (good, _) in LIMITS.items() for value in good])
def test_value_at_its_limit(path: str, value: Any) -> None:
    """What a refusal says is allowed is allowed, to the last of it."""
    assert settings.parse(with_value(path, value))


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, (_, bad) in LIMITS.items() for value in bad])
def test_value_beyond_its_limit(path: str, value: Any) -> None:
    """The first value that is not allowed is refused by its path."""
    with pytest.raises(pulumi.RunError, match=rf"^causeway:{path}[^;\n]*: given [^\n]*; allowed: [^\n]*$"):
        settings.parse(with_value(path, value))


@pytest.mark.parametrize("namespace", ["causeway-x", "causeway-bench", "causeways-own", "acme", "Causeway2"])
def test_settings_of_another_program(namespace: str) -> None:
    """Issue 15, point 5: whatever another program of this stack is called, its settings are its own."""
    assert settings.parse({**with_value("team", "shop"), f"{namespace}:team": "x", f"{namespace}:workloads": "10"})


@pytest.mark.parametrize(("namespace", "key"), [("causways", "team"), ("causeways", "workloads")])
def test_slip_is_ours_by_name_and_key(namespace: str, key: str) -> None:
    """Issue 15, point 5: two slips, or a key that is none of ours, are somebody else's setting."""
    assert settings.parse({**with_value("team", "shop"), f"{namespace}:{key}": "x"})


@pytest.mark.parametrize("namespace", ["causway", "causewayy", "causewau", "causewya", "Causeway"])
def test_misspelt_namespace(namespace: str) -> None:
    """Issue 15, point 5: one slip in the namespace of a setting of ours is named, but for the program that is called so."""
    config = {**with_value("team", "shop"), f"{namespace}:team": "x"}

    with pytest.raises(pulumi.RunError, match=f"^{namespace}:team: there is no such setting, did you mean 'causeway:team'"):
        settings.parse(config)
    assert settings.parse(config, project=namespace)


def test_text_stays_text() -> None:
    """What looks like a number is not made one: a context may be called 007."""
    assert "007" == settings.parse(with_value("context", "007")).context


@pytest.mark.parametrize(
    ("platform", "simulated", "enabled", "expected"),
    [
        ("nothing", "", None, (True, True)),
        ("nothing", "true", None, (False, False)),
        ("nothing", "true", True, (True, True)),
        ("nothing", "", False, (False, False)),
        ("eks", "", None, (True, False)),
        ("eks", "true", None, (True, False)),
        ("eks", "", True, (True, True)),
        ("eks", "", False, (False, False)),
    ],
)
def test_parts_that_nobody_asked_for(
    monkeypatch: pytest.MonkeyPatch, platform: str, simulated: str, enabled: bool | None, expected: tuple[bool, bool]
) -> None:
    """Monitoring is there wherever pods run, Argo CD on minikube where they do; what a stack says itself is done."""
    monkeypatch.setenv("CAUSEWAY_SIMULATED", simulated)
    said = {} if enabled is None else {f"causeway:{part}": json.dumps({"enabled": enabled}) for part in ("monitoring", "gitops")}
    read = settings.parse({**stack_config(REPOSITORY / f"tests/configs/valid/{platform}.yaml"), **said})

    assert expected == (read.has("monitoring"), read.has("gitops"))


DEFAULTS: dict[str, dict[str, Any]] = {
    "eks": {"cidr": "10.64.0.0/16", "frontDoor": "private", "nat": None, "deletionProtection": None, "certificate": None},
    "gke": {"cidr": "10.64.0.0/14", "frontDoor": "private", "mode": "autopilot", "channel": "REGULAR", "deletionProtection": None},
}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_cloud_that_says_no_more_than_it_must(cloud: str) -> None:
    """docs/clouds: a network of its own, load balancers inside it, and what depends on the environment left to that."""
    read = settings.parse(stack_config(REPOSITORY / f"tests/configs/valid/{cloud}.yaml")).model_dump(mode="json", by_alias=True)[cloud]

    assert DEFAULTS[cloud] == {key: read[key] for key in DEFAULTS[cloud]}


def test_blanks_around_a_value_do_not_count() -> None:
    """A value copied with a blank, or with the end of its line, is the value."""
    assert "shop-team" == settings.parse(with_value("team", " shop-team\n")).team


def test_secret_without_a_version_is_at_its_first() -> None:
    """4.11: a rotation that names a time alone is of version 1."""
    given = {"mail": {"rotated": "2026-11-24T06:00:00Z"}}

    assert 1 == settings.parse(with_value("secrets.rotations", given)).secrets.rotations["mail"].version


@pytest.mark.parametrize(
    ("given", "levels"),
    [
        ({}, ["native"]),
        ({"level": "sealed"}, ["sealed"]),
        ({"level": "sealed", "candidate": "external"}, ["sealed", "external"]),
        ({"level": "sealed", "previous": "sealed"}, ["sealed"]),
    ],
)
def test_levels_whose_back_ends_are_needed(given: dict[str, str], levels: list[str]) -> None:
    """4.08: the level in use, and those that a migration comes from or goes to, each once."""
    read = settings.parse({**stack_config(REPOSITORY / "tests/configs/valid/nothing.yaml"), "causeway:secrets": json.dumps(given)})

    assert tuple(map(SecretsLevel, levels)) == read.secrets.in_use


REMEDIES = {
    "seed": (SEED, r"openssl rand -hex 32 \| pulumi config set --secret causeway:seed"),
    "escrow": ("canary", "causeway secrets sealing-key, then pulumi config set --secret causeway:escrow"),
    "gitCredential": ("canary", "pulumi config set --secret causeway:gitCredential"),
}


@pytest.mark.parametrize(("key", "value", "remedy"), [(key, *given) for key, given in REMEDIES.items()], ids=REMEDIES)
def test_credential_in_the_clear(key: str, value: str, remedy: str) -> None:
    """4.13: what stands in a stack file unencrypted is known by now: it is refused, never shown, and replaced; encrypted it is taken."""
    config = {**stack_config(REPOSITORY / "tests/configs/valid/nothing.yaml"), f"causeway:{key}": value}

    with pytest.raises(
        pulumi.RunError, match=rf"^causeway:{key}: given in the clear; allowed: an encrypted value alone; .*{remedy}$"
    ) as said:
        run(settings.load, config=config)

    assert value not in str(said.value)
    run(lambda: _load_encrypted(config, key))


def _load_encrypted(config: dict[str, str], key: str) -> None:
    pulumi.runtime.set_all_config(config, [f"causeway:{key}"])
    settings.load()


@pytest.mark.parametrize(("platform", "fix"), [("nothing", "./scripts/up makes it"), ("eks", "openssl rand -hex 32 |")])
def test_missing_seed_says_who_makes_it(home: Any, platform: str, fix: str) -> None:
    """4.05: a local stack's seed is made by `up`; whoever runs a cloud's keeps it in its settings, for all to derive the same."""
    (home / "seed").unlink()
    wanted = settings.parse(stack_config(REPOSITORY / f"tests/configs/valid/{platform}.yaml"))

    with pytest.raises(pulumi.RunError, match="needed: the seed of all generated secrets") as refused:
        state.seed(wanted)

    assert f"; fix: {fix}" in str(refused.value)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("given", "expected"), [("", SEED), ("ab" * 32, "ab" * 32)], ids=["the file's", "the stack's"])
def test_seed_of_the_stack_comes_before_the_files(given: str, expected: str) -> None:
    """4.05: where a stack has a seed of its own, no file of the machine decides."""
    config = {**stack_config(REPOSITORY / "tests/configs/valid/nothing.yaml"), "causeway:seed": given}

    assert {"seed": expected} == run(lambda: pulumi.export("seed", state.seed(settings.parse(config)))).outputs
