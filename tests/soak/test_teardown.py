"""The end of a platform with a real Argo CD: a plain `pulumi destroy` in every state that one can be in, and after kills at any moment."""

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.live import crash
from tests.live.gitops.conftest import CONFIG_MAP, HOOKS, GitOps, clone
from tests.live.platform import Platform, checkout
from tests.live.teardown import STATES, destroyed, left, scale_to_nothing
from tests.waiting import eventually

pytestmark = [pytest.mark.live, pytest.mark.soak]

MOMENTS = int(os.environ.get("CAUSEWAY_MOMENTS") or 8)
SEED = int(os.environ.get("CAUSEWAY_SEED") or random.randrange(10**6))


@dataclass(frozen=True)
class Doomed:
    """A platform that is brought up and destroyed over and over, and how many engine events an `up` and a destroy take."""

    platform: Platform
    variables: dict[str, str]
    events: dict[str, int]

    def up(self) -> None:
        answer = self.platform.script("up")
        assert answer.returncode == 0, answer.stderr

    def killed(self, operation: str, number: int) -> int:
        """Kill the engine at a moment in the given part of an operation, and say which moment."""
        share = (number + random.Random(f"{SEED}/{operation}/{number}").random()) / MOMENTS
        moment = 1 + int(share * self.events[operation])
        crash.disturbed(self.platform, self.variables, moment, lambda engine: os.kill(engine, signal.SIGKILL), operation)
        print(f"seed {SEED}: {operation} killed at event {moment} of {self.events[operation]}")
        return moment


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doomed]:
    """A platform of its own as everybody gets it, Argo CD and monitoring included."""
    made = checkout(tmp_path_factory.mktemp("doomed"), f"soak{os.getpid()}")
    try:
        answer = made.script("up")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        variables = crash.environment(made)
        never: Any = lambda _: None  # noqa: E731
        events = {operation: crash.disturbed(made, variables, 0, never, operation) for operation in ("destroy", "up")}
        yield Doomed(made, variables, events)
    finally:
        made.script("down")


@pytest.mark.parametrize("state", STATES)
def test_destroy_ends(doomed: Doomed, state: str, record_property: Any) -> None:
    """Issue 13, 1: a plain destroy ends by itself and leaves nothing, whatever befell the platform before."""
    doomed.up()
    STATES[state](doomed.platform)

    record_property("seconds", destroyed(doomed.platform))

    assert [] == left(doomed.platform)


@pytest.mark.parametrize("is_dead", [False, True], ids=["controller alive", "controller scaled to nothing"])
def test_destroy_ends_amid_a_retried_sync(doomed: Doomed, is_dead: bool, tmp_path: Any, record_property: Any) -> None:
    """Issue 13, 1: a sync that goes on failing, with hooks of it about, holds nothing up."""
    doomed.up()
    gitops = GitOps(doomed.platform, clone(doomed.platform, tmp_path / "clone"))
    (gitops.clone / "gitops/platform/limits/hooks.yaml").write_text(HOOKS.format(name="syncfail", phase="SyncFail"))
    (gitops.clone / "gitops/platform/limits/bad.yaml").write_text(CONFIG_MAP.format(name="bad").replace("a: b", "a: [b]"))
    gitops.push("break it for good")
    eventually(lambda: gitops.application("platform-limits")["status"].get("operationState", {}).get("retryCount", 0) > 0, seconds=120)
    if is_dead:
        scale_to_nothing(doomed.platform)

    record_property("seconds", destroyed(doomed.platform))

    assert [] == left(doomed.platform)


@pytest.mark.parametrize("number", range(MOMENTS))
def test_destroy_ends_after_a_killed_up(doomed: Doomed, number: int, record_property: Any) -> None:
    """Issue 13, 6: the engine killed at any moment of an `up`, one `up`, then a plain destroy that ends with nothing left."""
    record_property("moment", doomed.killed("up", number))
    doomed.up()

    record_property("seconds", destroyed(doomed.platform))

    assert [] == left(doomed.platform)


@pytest.mark.parametrize("number", range(MOMENTS))
def test_destroy_ends_after_a_killed_destroy(doomed: Doomed, number: int, record_property: Any) -> None:
    """Issue 13, 1: the engine killed at any moment of a destroy: the next destroy ends with nothing left."""
    doomed.up()
    record_property("moment", doomed.killed("destroy", number))

    record_property("seconds", destroyed(doomed.platform))

    assert [] == left(doomed.platform)


def test_destroy_ends_amid_a_first_sync(doomed: Doomed, record_property: Any) -> None:
    """Issue 13, 1: interrupted while Argo CD makes the first workloads, the engine has written its state: a destroy ends."""
    application = "kubectl get application web -n argocd"

    def strike(engine: int) -> None:
        eventually(lambda: doomed.platform.shell(application).returncode == 0, seconds=120)
        os.kill(engine, signal.SIGINT)

    crash.disturbed(doomed.platform, doomed.variables, doomed.events["up"] * 3 // 4, strike)

    record_property("seconds", destroyed(doomed.platform))

    assert [] == left(doomed.platform)
