"""The end of a platform whose Argo CD cannot be asked any more. The last of this package, for it takes the platform down."""

from functools import partial

import pytest

from tests.live.gitops.conftest import CONFIG_MAP, HOOKS, GitOps
from tests.waiting import eventually

pytestmark = pytest.mark.live


def test_down_frees_what_a_dead_argo_cd_holds(gitops: GitOps) -> None:
    """Issue 6, item 5: with a sync that goes on failing and Argo CD dead, `down` ends well and leaves nothing."""
    (gitops.clone / "gitops/platform/limits/hooks.yaml").write_text(HOOKS.format(name="syncfail", phase="SyncFail"))
    (gitops.clone / "gitops/platform/limits/bad.yaml").write_text(CONFIG_MAP.format(name="bad").replace("a: b", "a: [b]"))
    gitops.push("break it for good")
    state = partial(gitops.application, "platform-limits")
    eventually(lambda: state()["status"].get("operationState", {}).get("retryCount", 0) > 0, seconds=120)
    gitops.platform.output("kubectl scale statefulset argocd-application-controller -n argocd --replicas=0")

    down = gitops.platform.script("down")

    assert down.returncode == 0, down.stderr
    assert [] == gitops.platform.traces()
