"""The values of the argo-cd chart, from the inputs: only what differs from the chart's own defaults."""

from collections.abc import Sequence
from typing import Any

from .._yaml import write
from .applications import APPLICATION_HEALTH, APPLICATION_SET_HEALTH
from .args import GitOpsPlatformArgs, GitOpsSize, GitOpsStackArgs
from .kinds import ARGO_GROUP, OBSERVED_KINDS, PLATFORM_KINDS, READ_VERBS, WRITE_VERBS, inclusions, rules

Values = dict[str, Any]

RELEASE = "argocd"
"""Fixed: it is what the names of Services begin with."""
DOOR_PATH = "/argocd"
REDIS_SECRET, ADMIN_SECRET, SETTINGS_SECRET = "argocd-redis", "argocd-admin", "argocd-secret"
"""The chart's and Argo CD's own names, but for the second, which only people read."""
_PARTS = ("applicationSet", "controller", "redis", "repoServer", "server")
# Requests of about 600Mi in all (requirements 2.3); the controller's memory grows with what it watches.
_SMALL = {
    "applicationSet": ("20m", "64Mi", "256Mi"),
    "controller": ("100m", "256Mi", "1Gi"),
    "redis": ("20m", "32Mi", "128Mi"),
    "repoServer": ("50m", "128Mi", "512Mi"),
    "server": ("20m", "96Mi", "256Mi"),
}
_LARGE = {
    "applicationSet": ("100m", "128Mi", "512Mi"),
    "controller": ("500m", "1Gi", "3Gi"),
    "redis": ("100m", "128Mi", "256Mi"),
    "repoServer": ("250m", "512Mi", "1Gi"),
    "server": ("100m", "128Mi", "512Mi"),
}
# Parts of the redis that survives a node, each of which asks for nothing unless told; three of each pod.
_HIGHLY_AVAILABLE = {
    "haproxy": ("50m", "64Mi", "256Mi"),
    "redis": _LARGE["redis"],
    "sentinel": ("50m", "32Mi", "128Mi"),
    "splitBrainDetection": ("10m", "16Mi", "64Mi"),
}
# Else it makes room for as many as a process may have files, which on some nodes is all of a gigabyte and more.
_FEW_CONNECTIONS = "global\n  maxconn 4096\n"
_SPARE = {"replicas": 2, "pdb": {"enabled": True, "maxUnavailable": 1}}
"""Of what a drained node may take one, not both."""
# How long the real chart's readiness probes wait; a laptop need not.
_PROBE = {"initialDelaySeconds": 1, "periodSeconds": 3}


def chart_values(inputs: GitOpsStackArgs) -> Values:
    """All values that we set. No secret is among them: the chart finds those that SecretsStore makes by their names."""
    platform = inputs["platform"]
    is_large = platform["size"] is GitOpsSize.LARGE
    spare = _SPARE if is_large else {}
    parts: dict[str, Values] = {part: {"resources": resources(platform, part)} for part in _PARTS}
    for part in ("applicationSet", "controller", "repoServer", "server"):
        parts[part]["metrics"] = {"enabled": True, "serviceMonitor": {"enabled": inputs["enable_monitors"]}}
    for part in ("controller", "repoServer", "server"):
        parts[part]["readinessProbe"] = _PROBE
    parts["controller"]["clusterRoleRules"] = {"enabled": True, "rules": controller_rules()}
    parts["server"] |= {**spare, "clusterRoleRules": {"enabled": True, "rules": server_rules()}}
    parts["repoServer"] |= spare
    parts["applicationSet"] |= spare
    return {
        **parts,
        "crds": {"install": True, "keep": platform["keep_definitions"]},
        "global": {
            "domain": host(inputs) or f"{RELEASE}-server.{inputs['namespace']}",
            # The chart's would open API and metrics to every namespace; ours (network.py) name who may.
            "networkPolicy": {"create": False},
        },
        "configs": _configs(inputs),
        "dex": {"enabled": False},
        "notifications": {"enabled": False},
        "redis-ha": _highly_available() if is_large else {"enabled": False},
        # A hook that makes a password nobody knows; ours comes from SecretsStore.
        "redisSecretInit": {"enabled": False},
    }


def host(inputs: GitOpsStackArgs) -> str:
    """Host of the door, empty for any."""
    domain = inputs["workload_platform"].get("domain", "")
    return f"{RELEASE}.{domain}" if domain and inputs["platform"]["enable_door"] else ""


def resources(platform: GitOpsPlatformArgs, part: str) -> Values:
    """Requests and limit of one part."""
    return _resources(*(_LARGE if platform["size"] is GitOpsSize.LARGE else _SMALL)[part])


def _highly_available() -> Values:
    parts = {part: {"resources": _resources(*wanted)} for part, wanted in _HIGHLY_AVAILABLE.items()}
    starting = {"init": {"resources": parts["sentinel"]["resources"]}}
    return {"enabled": True, **parts, **starting, "haproxy": {**parts["haproxy"], **starting, "extraConfig": _FEW_CONNECTIONS}}


def _resources(cpu: str, memory: str, limit: str) -> Values:
    """Processors have no limit (requirements 3.2)."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}


def controller_rules() -> list[dict[str, list[str]]]:
    """What the application controller may do in the cluster: the chart's default is everything."""
    projects = {"apiGroups": [ARGO_GROUP], "resources": ["appprojects"], "verbs": list(READ_VERBS)}
    events = {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "list"]}
    return [*rules(PLATFORM_KINDS, WRITE_VERBS), *rules(OBSERVED_KINDS, READ_VERBS), projects, events]


def server_rules() -> list[dict[str, list[str]]]:
    """What the API server may do: show what is deployed, and its logs; it changes Applications alone, by its own Role."""
    logs = {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}
    events = {"apiGroups": [""], "resources": ["events"], "verbs": ["list"]}
    return [*rules((*PLATFORM_KINDS, *OBSERVED_KINDS), ("get",)), logs, events]


def _configs(inputs: GitOpsStackArgs) -> Values:
    sign_on = inputs.get("sign_on")
    cm: Values = {
        "admin.enabled": sign_on is None,
        "timeout.reconciliation": inputs["platform"]["poll_interval"],
        "timeout.reconciliation.jitter": "0s",
        f"resource.customizations.health.{ARGO_GROUP}_Application": APPLICATION_HEALTH,
        f"resource.customizations.health.{ARGO_GROUP}_ApplicationSet": APPLICATION_SET_HEALTH,
        "resource.inclusions": write_list(inclusions()),
    }
    if sign_on:
        cm["oidc.config"] = write(
            [
                {
                    "name": sign_on["name"],
                    "issuer": sign_on["issuer"],
                    "clientID": sign_on["client_id"],
                    # Argo CD reads it from the Secret at run time.
                    "clientSecret": f"${sign_on['secret']}:client-secret",
                    "requestedScopes": ["openid", "profile", "email", "groups"],
                }
            ],
            explicit_start=False,
        )
    groups = [f"g, {sign_on['admin_group']}, role:admin"] if sign_on else []
    params: Values = {
        "server.insecure": True,
        "controller.diff.server.side": True,
        # Without it an ApplicationSet looks at its Applications when it is due, every 30 s, and so long each wave waits for nothing.
        "applicationsetcontroller.enable.progressive.syncs": True,
    }
    if inputs["platform"]["enable_door"] and not host(inputs):
        params |= {"server.rootpath": DOOR_PATH, "server.basehref": DOOR_PATH}
    return {
        "cm": cm,
        "params": params,
        "rbac": {"policy.default": "", "policy.csv": "\n".join([*groups, *team_policies(sorted(inputs["projects"]))]) + "\n"},
        "secret": {"createSecret": False},
    }


def team_policies(teams: Sequence[str]) -> list[str]:
    """Argo CD's own rights: a team sees and syncs what is in its project, and nothing else."""
    verbs = ("get", "sync")
    allowed = [f"p, role:{team}, applications, {verb}, {team}/*, allow" for team in teams for verb in verbs]
    return [*allowed, *(f"g, {team}, role:{team}" for team in teams)]


def write_list(entries: Sequence[Any]) -> str:
    """A list as YAML text: some settings of Argo CD are text that holds YAML."""
    body: Any = list(entries)
    return write([body], explicit_start=False)
