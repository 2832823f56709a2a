"""The secrets ladder where Argo CD owns those who use a Secret: a new value reaches their pods, a new level does not."""

import json
import time

import pytest

from components.gitops.bridge import Facts, read
from tests.live.gitops.conftest import GitOps
from tests.live.ladder import load, pods, user, values

pytestmark = pytest.mark.live


def facts(gitops: GitOps) -> Facts:
    """What ApplicationSets know of the cluster."""
    return read(gitops.platform.kubectl("get secret in-cluster -n argocd")["metadata"]["annotations"])


def test_rotation_rolls_what_argo_cd_owns(gitops: GitOps, record_property: pytest.FixtureRequest) -> None:
    """4.09, 4.10: the new version reaches the charts as a fact, not as a commit; no request fails, the old password is refused."""
    platform, before, old = gitops.platform, facts(gitops), values(gitops.platform)
    running, head = consumers(gitops), gitops.git("ls-remote", "origin", "main")
    started = time.monotonic()

    with load(platform) as customer:
        platform.output("causeway secrets rotate shop-database --yes")

    record_property("seconds", round(time.monotonic() - started, 1))  # type: ignore[operator]
    assert ([], True) == (customer.failed, customer.placed > 50)
    assert before.workload["secretsVersion"].replace("=1", "=2") == facts(gitops).workload["secretsVersion"]
    assert head == gitops.git("ls-remote", "origin", "main")
    assert "refused" == user(platform, old)
    assert not running & consumers(gitops)
    gitops.settle("web", "worker", "report")


def test_another_level_restarts_nothing(gitops: GitOps) -> None:
    """4.08: up to level sealed and back under load: same pods, same values, no request failed, nothing out of sync."""
    platform = gitops.platform
    before, running = values(platform), pods(platform)

    with load(platform) as customer:
        for level in ("sealed", "native"):
            platform.output(f"causeway secrets migrate --to {level} --yes")
            assert (before, running) == (values(platform), pods(platform))

    assert ([], True) == (customer.failed, customer.placed > 50)
    shown = platform.kubectl("get applications -n argocd")["items"]
    assert {"Synced"} == {item["status"]["sync"]["status"] for item in shown}, json.dumps(shown)


def consumers(gitops: GitOps) -> set[str]:
    """The identities of the pods that use the Secret all the time."""
    items = gitops.platform.kubectl("get pods -n shop -l 'app.kubernetes.io/name in (web,worker)'")["items"]
    return {item["metadata"]["uid"] for item in items if "deletionTimestamp" not in item["metadata"]}
