"""The EKS and GKE stacks under mocks: what a cloud would answer, so that the program runs to its end."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any
from unittest.mock import patch

import platforms
from platforms import Platform
from stack.settings import Settings
from tests.recorder import Recording, run
from tests.stacks.program import ALONE, FRONT_DOOR, REPOSITORY, _program, stack_config

Change = Callable[[Platform], Platform]
TARGETS = ("minikube", "eks", "gke")
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "cluster": {
        "endpoint": "https://cluster.example.invalid",
        "certificateAuthority": {"data": "Y2E="},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "cluster.example.invalid"}},
    },
}
ABOUT_THE_TARGET = ("causeway:platform", "causeway:eks", "causeway:gke")


def run_target(target: str, change: Change | None = None, profile_only: bool = False) -> Recording:
    """Run the program on a target, without GitOps, which only minikube has unasked; `change` alters what the target decides.

    With `profile_only` all other settings are minikube's, so that only the profile can make a difference.
    """
    config = stack_config(REPOSITORY / f"Pulumi.{target}.yaml")
    if profile_only:
        config = {
            **stack_config(REPOSITORY / "Pulumi.minikube.yaml"),
            **{key: config[key] for key in ABOUT_THE_TARGET},
        }
    config |= ALONE
    states = {**FRONT_DOOR, **ANSWERS}
    load = platforms.load

    def loaded(settings: Settings) -> Platform:
        return change(load(settings)) if change else load(settings)

    with patch("platforms.load", loaded):
        return run(_program, config=config, states=states, stack=target)


@cache
def recorded(target: str, profile_only: bool = False) -> Recording:
    """What `run_target` made, run once for all tests that only read it."""
    return run_target(target, profile_only=profile_only)


def profile(target: str) -> dict[str, Any]:
    """Every key that a target decides, `<slice>.<key>` to value."""
    taken: list[Platform] = []

    def take(platform: Platform) -> Platform:
        taken.append(platform)
        return platform

    run_target(target, take, profile_only=True)
    return {
        f"{name}.{key}" if key else name: value
        for name, slice_ in _slices(taken[0]).items()
        for key, value in (slice_.items() if isinstance(slice_, Mapping) else [("", slice_)])
    }


def with_key(key: str, value: Any) -> Change:
    """A change of one key of the profile; None takes it away."""
    slice_, _, inner = key.partition(".")

    def change(platform: Platform) -> Platform:
        if not inner:
            return replace(platform, **{slice_: value})
        kept = {name: old for name, old in getattr(platform, slice_).items() if name != inner}
        return replace(platform, **{slice_: kept if value is None else {**kept, inner: value}})

    return change


def _slices(platform: Platform) -> dict[str, Any]:
    return {part.name: getattr(platform, part.name) for part in fields(platform) if part.name not in ("provider", "ready", "secrets")}
