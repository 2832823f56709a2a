"""Secrets: their age, with an alert at 100 % of the period of their class (requirements 4.4), and the programs that bring them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .._kit import Manifest
from .model import Alert, Rule, Severity, alerting, group, prometheus_rule, recording
from .owners import KSM, PLATFORM_TEAM

ROTATED = "causeway:secret_rotated:timestamp_seconds"
"""Recorded by `rotations`: when a Secret got its present value, with namespace, secret, class, team and service."""

DAY = 86400
ROTATION_PERIODS: MappingProxyType[str, int] = MappingProxyType({"database": 30 * DAY, "api-key": 90 * DAY, "tls": 60 * DAY})
"""Class of a secret to the longest age of its value, in seconds (requirements 4.4; TLS: 60 days of a certificate's 90)."""

BACKENDS: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "deployment": (
            "kube-system|sealed-secrets|external-secrets|secrets-manager|vault",
            "sealed-secrets-controller|external-secrets|secrets-manager|vault-keeper",
        ),
        "statefulset": ("vault", "vault"),
    }
)
"""Kind to the namespaces and names of the programs that bring Secrets at the levels above native; a sealed Vault is not ready."""

REFRESHED: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "ExternalSecret": ("externalsecret_status_condition", "its Secret keeps the last value, and gets no new one"),
        "PushSecret": ("pushsecret_status_condition", "the store keeps the last value, or has none if it lost it"),
    }
)
"""Kind of what External Secrets keeps up to date to the metric of its conditions, and what it means that it does not."""
SLOW_SECONDS = 60
"""How long one refresh may take; it has one worker for each kind, so all others wait meanwhile."""


@dataclass(frozen=True)
class Rotation:
    """When a Secret last got a new value."""

    namespace: str
    secret: str
    rotation_class: str
    """One of ROTATION_PERIODS."""
    rotated: int | None
    """Seconds since 1970; None where it still has its first value, which is as old as the Secret itself."""
    team: str
    """Team that owns it."""
    service: str
    """System that it belongs to."""


def rotations(metadata: Mapping[str, Any], secrets: Sequence[Rotation]) -> Manifest:
    """The rule object that tells Prometheus the ages of secrets: whoever rotates says when, nobody reads a Secret for it.

    Raises ValueError for a class without a period.
    """
    unknown = sorted({secret.rotation_class for secret in secrets} - ROTATION_PERIODS.keys())
    if unknown:
        raise ValueError(f"rotation class {', '.join(unknown)}: allowed: {', '.join(ROTATION_PERIODS)}")
    return prometheus_rule(metadata, [group("causeway-rotations", [_rotated(secret) for secret in secrets])])


def _rotated(secret: Rotation) -> Rule:
    owner = {"team": secret.team, "service": secret.service}
    labels = {"namespace": secret.namespace, "secret": secret.secret, "class": secret.rotation_class, **owner}
    created = f'max(kube_secret_created{{{KSM},namespace="{secret.namespace}",secret="{secret.secret}"}})'
    return recording(ROTATED, created if secret.rotated is None else f"vector({secret.rotated})", labels)


def secret_alerts() -> list[Rule]:
    """One alert for each class, one for each kind of program that brings Secrets, and one for each kind of what it keeps up to date."""
    due = [_due(name, period) for name, period in ROTATION_PERIODS.items()]
    return [alerting(alert) for alert in (*due, *(_down(kind) for kind in BACKENDS), *(_failing(kind) for kind in REFRESHED), _slow())]


def _due(rotation_class: str, period: int) -> Alert:
    age = f'time() - max by (namespace, secret, class, team, service) ({ROTATED}{{class="{rotation_class}"}})'
    secret = "Secret {{ $labels.namespace }}/{{ $labels.secret }}"
    return Alert(
        name="SecretRotationDue",
        expression=f"{age} > {period}",
        hold="1h",
        severity=Severity.WARNING,
        summary="A secret is older than its class may be.",
        description=f"{secret} is {{{{ $value | humanizeDuration }}}} old; class {rotation_class} allows {period // DAY} days.",
        dashboard="/d/causeway-platform",
        labels={"class": rotation_class},
    )


def _down(kind: str) -> Alert:
    namespaces, names = BACKENDS[kind]
    program = f"{kind} {{{{ $labels.namespace }}}}/{{{{ $labels.{kind} }}}}"
    available = f'kube_{kind}_status_replicas_available{{{KSM},namespace=~"{namespaces}",{kind}=~"{names}"}}'
    return Alert(
        name="SecretsBackendDown",
        expression=f"max by (namespace, {kind}) ({available}) == 0",
        hold="5m",
        severity=Severity.WARNING,
        summary="A program that brings Secrets into the cluster is down.",
        description=f"{program} has no ready pod: every Secret keeps its last value, none gets a new one.",
        dashboard="/d/causeway-platform",
        team=PLATFORM_TEAM,
        service="secrets",
        labels={"kind": kind},
    )


def _failing(kind: str) -> Alert:
    metric, meaning = REFRESHED[kind]
    expression = f'max by (namespace, name) ({metric}{{condition="Ready",status="False"}}) == 1'
    return _refresh(kind, expression, f"{kind} {{{{ $labels.namespace }}}}/{{{{ $labels.name }}}} cannot be refreshed: {meaning}.")


def _slow() -> Alert:
    """A store that never answers is no failure to who waits for it."""
    working = f'workqueue_longest_running_processor_seconds{{name=~"{"|".join(REFRESHED).lower()}"}}'
    waits = "External Secrets has waited for {{ $value | humanizeDuration }} for one answer: no {{ $labels.name }} is refreshed meanwhile."
    return _refresh("slow", f"max by (namespace, name) ({working}) > {SLOW_SECONDS}", waits)


def _refresh(kind: str, expression: str, description: str) -> Alert:
    return Alert(
        name="SecretRefreshFailing",
        expression=expression,
        hold="5m",
        severity=Severity.WARNING,
        summary="A store of secrets is down, slow, or says no.",
        description=description,
        dashboard="/d/causeway-platform",
        team=PLATFORM_TEAM,
        service="secrets",
        labels={"kind": kind},
    )
