"""Argo CD on the running platform: what Git says is what runs, and what a person does by hand does not last."""

import json
import re
import time
from functools import partial
from typing import Any

import pytest
import yaml

from tests.live.gitops.conftest import CONFIG_MAP, HOOKS, GitOps
from tests.live.monitoring.test_runbooks import complaints, filled
from tests.live.platform import call
from tests.waiting import eventually
from workspace.home import REPOSITORY

pytestmark = pytest.mark.live

STRAY = "apiVersion: v1\nkind: {kind}\nmetadata: {{name: stray, namespace: {namespace}}}\n"
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: kept
  namespace: shop
  annotations: {argocd.argoproj.io/sync-options: "Prune=false,Delete=false"}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
"""


def exists(gitops: GitOps, what: str) -> bool:
    return gitops.platform.shell(f"kubectl get {what} -n shop").returncode == 0


def firing(gitops: GitOps, name: str) -> list[Any]:
    """What `causeway alerts` says of the alerts of this name that fire."""
    answer = gitops.platform.shell("causeway alerts --json")
    found = json.loads(answer.stdout) if answer.stdout else {}
    return [one for one in found.get("alerts", []) if (one["name"], one["state"]) == (name, "firing")]


def test_shop_works_right_after_up(gitops: GitOps) -> None:
    """2.04, issue 3: when `up` has ended, Argo CD has deployed the shop, orders are taken, and the worker works."""
    url = gitops.platform.stack_output("urls")["shop"]
    placed = call("POST", f"{url}orders", {"item": "book", "quantity": 1})

    assert 201 == placed.status
    assert eventually(lambda: call("GET", f"{url}orders/{placed.body['id']}").body["status"] == "processed", seconds=60)


def test_second_up_changes_nothing(gitops: GitOps) -> None:
    """2.14: a second `up` finds nothing to do and writes nothing: program and Argo CD do not undo each other."""
    before = gitops.platform.written()

    answer = gitops.platform.script("up")

    assert answer.returncode == 0, answer.stderr
    assert before == gitops.platform.written()
    assert any("/applications/root" in line for line in before)


def test_what_argo_cd_owns_is_shown_alike(gitops: GitOps) -> None:
    """Issue 3: whoever owns a workload, `causeway status` shows it, with pattern, kind, namespace and URL, and it is healthy."""
    shown = {one["name"]: one for one in json.loads(gitops.platform.output("causeway status --json"))["workloads"]}

    assert {"database": "StatefulSet", "report": "CronJob", "web": "Deployment", "worker": "Deployment"} == {
        name: one["kind"] for name, one in shown.items()
    }
    assert all(one["healthy"] and one["namespace"] == "shop" for one in shown.values()), shown
    assert gitops.platform.stack_output("urls")["shop"] == shown["web"]["url"]


def test_argo_cd_is_watched(gitops: GitOps) -> None:
    """2.16: each part of Argo CD is scraped, its rules are loaded, none is broken, and its dashboard has data in every panel."""
    monitoring = gitops.monitoring

    def scraped() -> bool:
        targets = monitoring.prometheus("targets?state=active")["activeTargets"]
        up = {target["labels"]["service"] for target in targets if target["labels"]["namespace"] == "argocd" and target["health"] == "up"}
        return up >= {f"argocd-{part}-metrics" for part in ("application-controller", "applicationset-controller", "repo-server", "server")}

    def drawn() -> bool:
        panels = monitoring.viewer("api/panels/causeway-argocd")["panels"]
        assert [] == [panel["title"] for panel in panels if panel["error"] or not panel["has_data"]]
        return bool(panels)

    assert eventually(scraped, seconds=90)
    assert eventually(drawn, seconds=90)
    rules = {rule["name"]: rule["health"] for group in monitoring.prometheus("rules")["groups"] for rule in group["rules"]}
    named = {name: health for name, health in rules.items() if name.startswith("ArgoCD")}
    assert {"ArgoCDAppOutOfSync", "ArgoCDAppUnhealthy", "ArgoCDRepositoryUnreachable", "ArgoCDSyncFailed"} == named.keys()
    assert {"ok"} == set(named.values())


def test_command_line(gitops: GitOps) -> None:
    """Issue 6, item 2: the commands of docs/gitops.md log in to Argo CD's API, show its Applications, and leave no session behind."""
    page = (REPOSITORY / "docs/gitops.md").read_text()
    commands = next(block for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if "argocd login" in block)
    session = "set -e; export ARGOCD_CONFIG_DIR=$(mktemp -d); trap 'rm -r $ARGOCD_CONFIG_DIR' EXIT"
    told = gitops.platform.output(f"{session}\n{commands}\necho left: $(ls $ARGOCD_CONFIG_DIR)")

    names = {line.split()[0].removeprefix("argocd/") for line in told.splitlines() if line.startswith("argocd/")}
    assert {"platform-limits", "report", "root", "web", "worker"} == names
    assert "left:" == told.rstrip().splitlines()[-1]


def test_commands_of_the_runbooks_work(gitops: GitOps) -> None:
    """Issue 6, item 6: every diagnosis command of Argo CD's runbooks finds what it asks for."""
    pages = sorted((REPOSITORY / "docs/runbooks").glob("ArgoCD*.md"))
    wanted = [line for page in pages for line in filled(page, {"name": "web", "dest_namespace": "shop"})]

    assert (4, []) == (len(pages), complaints(gitops.platform, list(dict.fromkeys(wanted))))


def test_waves_wait(gitops: GitOps) -> None:
    """2.09: the teams' ApplicationSet was made only after the platform's own Applications were healthy."""
    sets = {item["metadata"]["name"]: item for item in gitops.platform.kubectl("get applicationsets -n argocd")["items"]}
    limits = gitops.application("platform-limits")
    finished = limits["status"]["history"][0]["deployedAt"]

    assert finished <= sets["shop"]["metadata"]["creationTimestamp"]
    assert sets["platform"]["metadata"]["creationTimestamp"] < sets["shop"]["metadata"]["creationTimestamp"]


def test_drift_is_reverted(gitops: GitOps, record_property: pytest.FixtureRequest) -> None:
    """2.07: replicas that a person set by hand are set back."""
    gitops.platform.output("kubectl scale deployment web -n shop --replicas=1")
    started = time.monotonic()

    assert eventually(lambda: 2 == gitops.platform.kubectl("get deployment web -n shop")["spec"]["replicas"], seconds=60)
    record_property("seconds", round(time.monotonic() - started, 1))  # type: ignore[operator]


def test_removed_file_is_pruned_and_a_volume_is_not(gitops: GitOps) -> None:
    """2.08: an object whose file is gone is deleted; one that holds data stays."""
    folder = gitops.clone / "gitops/platform/limits"
    (folder / "extra.yaml").write_text(CONFIG_MAP.format(name="extra"))
    (folder / "kept.yaml").write_text(CLAIM)
    gitops.push("add two objects")
    assert eventually(lambda: exists(gitops, "configmap extra") and exists(gitops, "persistentvolumeclaim kept"), seconds=90)

    for name in ("extra.yaml", "kept.yaml"):
        (folder / name).unlink()
    gitops.push("take them away")

    assert eventually(lambda: not exists(gitops, "configmap extra"), seconds=90)
    assert exists(gitops, "persistentvolumeclaim kept")
    gitops.platform.output("kubectl delete persistentvolumeclaim kept -n shop --wait=false")


def test_hooks_run_in_order(gitops: GitOps) -> None:
    """2.10: what PreSync does is over before the first object is applied, and PostSync comes after the last."""
    folder = gitops.clone / "gitops/platform/limits"
    hooks = "---\n".join(HOOKS.format(name=phase.lower(), phase=phase) for phase in ("PreSync", "PostSync"))
    (folder / "hooks.yaml").write_text(hooks.replace("HookSucceeded", "BeforeHookCreation"))
    (folder / "between.yaml").write_text(CONFIG_MAP.format(name="between"))
    gitops.push("hooks around an object")

    def jobs() -> dict[str, Any]:
        items = gitops.platform.kubectl("get jobs -n shop -l app=hook")["items"]
        found = {item["metadata"]["generateName"].rstrip("-"): item for item in items}
        return found if found.get("postsync", {}).get("status", {}).get("succeeded") else {}

    ran = eventually(jobs, seconds=120)
    made = gitops.platform.kubectl("get configmap between -n shop")["metadata"]["creationTimestamp"]
    assert ran["presync"]["status"]["completionTime"] <= made <= ran["postsync"]["metadata"]["creationTimestamp"]
    gitops.git("revert", "--no-edit", "HEAD")
    gitops.publish()
    gitops.settle("platform-limits")


def test_bad_commit_fails_its_hook_runs_its_alert_fires_and_a_revert_heals(gitops: GitOps) -> None:
    """2.10, 2.13, 2.16: PreSync runs before, SyncFail after a failed sync, the alert fires; what ran stays, a revert makes all well."""
    folder = gitops.clone / "gitops/platform/limits"
    (folder / "hooks.yaml").write_text("---\n".join(HOOKS.format(name=phase.lower(), phase=phase) for phase in ("PreSync", "SyncFail")))
    (folder / "bad.yaml").write_text(CONFIG_MAP.format(name="bad").replace("a: b", "a: [b]"))
    gitops.push("break it")

    def ran() -> Any:
        state = gitops.application("platform-limits")["status"].get("operationState", {})
        hooks = {
            item.get("hookType"): item.get("hookPhase") for item in state.get("syncResult", {}).get("resources", []) if item.get("hookType")
        }
        return hooks if hooks.get("SyncFail") == "Succeeded" else None

    assert "Succeeded" == eventually(ran, seconds=120)["PreSync"]
    assert not exists(gitops, "configmap bad")
    gitops.give_up("platform-limits")
    failed = eventually(partial(firing, gitops, "ArgoCDSyncFailed"), seconds=120)
    assert [("platform", "platform-limits", ["ticket"])] == [(one["team"], one["service"], one["receivers"]) for one in failed]
    gitops.git("revert", "--no-edit", "HEAD")
    gitops.publish()
    gitops.settle("platform-limits")


def test_promotion_and_rollback(gitops: GitOps) -> None:
    """2.13: a change of one file in the environment's directory reaches the pods, and the revert takes it back."""
    path = gitops.clone / "gitops/apps/worker/envs/development/values.yaml"
    values = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**values, "replicas": 2}))
    gitops.push("worker: two pods")
    replicas = partial(gitops.platform.kubectl, "get deployment worker -n shop")

    assert eventually(lambda: 2 == replicas()["spec"]["replicas"], seconds=90)
    gitops.git("revert", "--no-edit", "HEAD")
    gitops.publish()
    assert eventually(lambda: 1 == replicas()["spec"]["replicas"], seconds=90)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        pytest.param(STRAY.format(kind="ConfigMap", namespace="kube-system"), "namespace kube-system is not permitted", id="namespace"),
        pytest.param(STRAY.format(kind="ResourceQuota", namespace="shop"), "resource :ResourceQuota is not permitted", id="kind"),
        pytest.param(STRAY.format(kind="Secret", namespace="shop"), "Resource /Secret", id="secret"),
    ],
)
def test_team_is_confined(gitops: GitOps, manifest: str, reason: str) -> None:
    """2.11: a team's file for another namespace, or of a kind that teams may not have, is refused and not applied; nobody's Secrets are."""
    path = gitops.clone / "gitops/apps/worker/base/templates/stray.yaml"
    path.write_text(manifest)
    gitops.push("reach out")

    def refused() -> bool:
        status = gitops.application("worker")["status"]
        results = status.get("operationState", {}).get("syncResult", {}).get("resources", [])
        return any(reason in told["message"] for told in [*results, *status.get("conditions", [])])

    assert eventually(refused, seconds=120)
    assert gitops.platform.shell("kubectl get configmap stray -n kube-system").returncode != 0
    assert not exists(gitops, "resourcequota stray")
    assert not exists(gitops, "secret stray")
    gitops.git("revert", "--no-edit", "HEAD")
    gitops.publish()
    gitops.settle("worker")
