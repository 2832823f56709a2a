"""The end of a platform whose Argo CD cannot be asked any more. The last of this package, for it takes the platform down."""

import os
import random
import signal
import time
from functools import partial

import pytest

from tests.live import crash
from tests.live.teardown import destroyed, left, scale_to_nothing
from tests.waiting import eventually

from .conftest import CONFIG_MAP, HOOKS, GitOps

pytestmark = pytest.mark.live

DOWN_SECONDS = 120.0


def test_destroy_frees_what_a_dead_argo_cd_holds(gitops: GitOps) -> None:
    """Issue 13, 1: with a sync that goes on failing and Argo CD dead, a plain destroy ends by itself and leaves nothing."""
    (gitops.clone / "gitops/platform/limits/hooks.yaml").write_text(HOOKS.format(name="syncfail", phase="SyncFail"))
    (gitops.clone / "gitops/platform/limits/bad.yaml").write_text(CONFIG_MAP.format(name="bad").replace("a: b", "a: [b]"))
    gitops.push("break it for good")
    state = partial(gitops.application, "platform-limits")
    eventually(lambda: state()["status"].get("operationState", {}).get("retryCount", 0) > 0, seconds=120)
    scale_to_nothing(gitops.platform)

    destroyed(gitops.platform)

    assert [] == left(gitops.platform)


def test_down_ends_after_a_kill_and_with_argo_cd_dead(gitops: GitOps) -> None:
    """Issues 6, item 5, and 13, 6: the engine killed in an `up` from nothing, one `up`, Argo CD dead: `down` ends and leaves nothing.

    `scripts/soak teardown` kills at many moments, and destroys plainly then.
    """
    variables, moment = crash.environment(gitops.platform), random.randint(1, 300)
    print(f"the engine is killed at its event {moment}")
    crash.disturbed(gitops.platform, variables, moment, lambda engine: os.kill(engine, signal.SIGKILL))
    assert gitops.platform.script("up").returncode == 0
    scale_to_nothing(gitops.platform)

    started = time.monotonic()
    down = gitops.platform.script("down")

    assert down.returncode == 0, down.stderr
    assert time.monotonic() - started < DOWN_SECONDS
    assert [] == gitops.platform.traces()
