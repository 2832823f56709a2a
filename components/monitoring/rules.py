"""All rules that are the same on every cluster, as objects."""

from collections.abc import Mapping

from .._kit import Manifest
from .alerts import platform_alerts, schedule_rule
from .alerts_gitops import gitops_alerts
from .alerts_secrets import secret_alerts
from .model import group, prometheus_rule
from .owners import owner_rules

NAMESPACE = "monitoring"


def rules(labels: Mapping[str, str] | None = None, namespace: str = NAMESPACE) -> list[Manifest]:
    """The PrometheusRules `causeway-platform` and `causeway-gitops`, with `labels` on each."""
    platform = [
        group("causeway-owners", [*owner_rules(), schedule_rule()]),
        group("causeway-workloads", platform_alerts()),
        group("causeway-secrets", secret_alerts()),
    ]
    gitops = [group("causeway-argocd", gitops_alerts())]
    return [
        prometheus_rule({"name": name, "namespace": namespace, "labels": dict(labels or {})}, groups)
        for name, groups in (("causeway-platform", platform), ("causeway-gitops", gitops))
    ]
