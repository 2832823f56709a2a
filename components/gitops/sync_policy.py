"""How applications are synced, by environment: the table of requirements 2.5 as data, and what it becomes in an Application.

No environment lets a sync delete everything because a directory is empty (`allowEmpty`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from .kinds import STATEFUL_KINDS

WAVE = "argocd.argoproj.io/sync-wave"
OPTIONS = "argocd.argoproj.io/sync-options"
KEEP = "Prune=false,Delete=false"
"""Sync options of an object that outlives its file and its application."""
FINALIZER = "resources-finalizer.argocd.argoproj.io"
REVISIONS = 10


class Window(str, Enum):
    """Whether a sync window lets syncs through or holds them back."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True)
class SyncWindow:
    """When a project's applications may be synced: cron `schedule` in UTC, for `duration` (such as 10h)."""

    kind: Window
    schedule: str
    duration: str
    manual: bool = True
    """Whether a person may sync outside of it: the way to revert at night."""


@dataclass(frozen=True)
class Retry:
    """How a failed sync is repeated: `limit` times, first after `seconds`, each wait `factor` times the last, at most `longest_seconds`."""

    limit: int = 5
    seconds: int = 5
    factor: int = 2
    longest_seconds: int = 180


@dataclass(frozen=True)
class SyncPolicy:
    """How the applications of one environment are synced."""

    automated: bool = True
    """Whether a commit is synced by itself; approval is the pull request before it."""
    prune: bool = True
    """Whether what is no longer in Git is deleted; always after everything else is healthy."""
    self_heal: bool = True
    """Whether what was changed by hand is changed back."""
    retry: Retry = field(default_factory=Retry)
    windows: tuple[SyncWindow, ...] = ()


_WORKING_HOURS = SyncWindow(Window.ALLOW, "0 6 * * 1-5", "12h")
SYNC_POLICIES: MappingProxyType[str, SyncPolicy] = MappingProxyType(
    {
        "development": SyncPolicy(),
        "staging": SyncPolicy(),
        "production": SyncPolicy(windows=(_WORKING_HOURS,)),
    }
)


def sync_policy(policy: SyncPolicy) -> dict[str, Any]:
    """`spec.syncPolicy` of an Application."""
    automated = {"prune": policy.prune, "selfHeal": policy.self_heal, "allowEmpty": False}
    backoff = {"duration": f"{policy.retry.seconds}s", "factor": policy.retry.factor, "maxDuration": f"{policy.retry.longest_seconds}s"}
    return {
        **({"automated": automated} if policy.automated else {}),
        # Namespaces are the program's: one that Argo CD made would be neither restricted nor closed.
        "syncOptions": [
            "CreateNamespace=false",
            "ServerSideApply=true",
            "PruneLast=true",
            "ApplyOutOfSyncOnly=true",
            "RespectIgnoreDifferences=true",
            "PrunePropagationPolicy=foreground",
        ],
        # A retry takes the newest commit: the one that mends it would else wait until the last retry has failed.
        "retry": {"limit": policy.retry.limit, "refresh": True, "backoff": backoff},
    }


def sync_windows(policy: SyncPolicy) -> list[dict[str, Any]]:
    """`spec.syncWindows` of a project."""
    return [
        {
            "kind": window.kind.value,
            "schedule": window.schedule,
            "duration": window.duration,
            "manualSync": window.manual,
            "applications": ["*"],
            "timeZone": "UTC",
        }
        for window in policy.windows
    ]


def ignored_differences() -> list[dict[str, Any]]:
    """What others write: certificates that are put into webhooks, and replicas that an autoscaler sets."""
    bundles = [
        {
            "group": "admissionregistration.k8s.io",
            "kind": kind,
            "jqPathExpressions": [".webhooks[]?.clientConfig.caBundle"],
        }
        for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    ]
    # By manager and not by path: what a person scales by hand is still changed back.
    scaled = [
        {"group": "apps", "kind": kind, "managedFieldsManagers": ["kube-controller-manager"]} for kind in ("Deployment", "StatefulSet")
    ]
    return [*scaled, *bundles]


def protected(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest, kept from pruning and from deletion where its kind holds data."""
    if manifest["kind"] not in STATEFUL_KINDS:
        return dict(manifest)
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), OPTIONS: KEEP}}}
