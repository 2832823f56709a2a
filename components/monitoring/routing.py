"""Which alert reaches whom: Alertmanager's configuration (requirements 1.8, 1.15).

It is Alertmanager's own format in a Secret of ours, rather than an AlertmanagerConfig object: what amtool judges in the
tests is then byte for byte what runs. Credentials are named by Secret and key; the Secrets are mounted, never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import yaml

from .._kit import Manifest

CONFIGURATION = "causeway-alertmanager"
"""Name of the Secret; the chart value `alertmanager.alertmanagerSpec.configSecret`."""
MOUNTS = "/etc/alertmanager/secrets"
"""Where the operator mounts the Secrets of `alertmanager.alertmanagerSpec.secrets`."""

PAGE, TICKET, DEAD_MAN, NOBODY = "page", "ticket", "dead-man", "nobody"
SINK = "http://alert-sink.monitoring.svc"
"""The webhook sink inside a cluster that has no way out."""


class ReceiverKind(str, Enum):
    """What takes a notification."""

    WEBHOOK = "webhook"
    PAGERDUTY = "pagerduty"
    SLACK = "slack"


@dataclass(frozen=True)
class SecretKey:
    """A credential by reference: Secret and key in the monitoring namespace."""

    name: str
    key: str

    @property
    def path(self) -> str:
        return f"{MOUNTS}/{self.name}/{self.key}"


@dataclass(frozen=True)
class Receiver:
    """Where one kind of alert goes. PagerDuty and Slack need a credential; a webhook needs a URL."""

    kind: ReceiverKind
    url: str = ""
    """Address of a webhook."""
    credential: SecretKey | None = None
    """PagerDuty: the routing key. Slack: the webhook's address. Webhook: a bearer token, if it wants one."""
    channel: str = ""
    """Slack: the channel."""


@dataclass(frozen=True)
class Receivers:
    """What a platform's profile decides of notification."""

    page: Receiver
    """Critical: a person, now."""
    ticket: Receiver
    """Warning: someone, in working hours."""
    dead_man: Receiver
    """Watchdog: something outside that speaks up when this falls silent."""


OFFLINE = Receivers(
    page=Receiver(ReceiverKind.WEBHOOK, f"{SINK}/page"),
    ticket=Receiver(ReceiverKind.WEBHOOK, f"{SINK}/ticket"),
    dead_man=Receiver(ReceiverKind.WEBHOOK, f"{SINK}/dead-man"),
)
"""The receivers of minikube: all in the cluster, so that the whole way of an alert can be tested without a network."""

BURNS = ("SLOFastBurn", "SLOMediumBurn", "SLOSlowBurn")
_DETAILS = {"runbook": "{{ .CommonAnnotations.runbook_url }}", "dashboard": "{{ .CommonAnnotations.dashboard_url }}"}


def routing(receivers: Receivers, labels: Mapping[str, str] | None = None, namespace: str = "monitoring") -> Manifest:
    """The Secret with Alertmanager's configuration; it holds no credential."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": CONFIGURATION, "namespace": namespace, "labels": dict(labels or {})},
        "type": "Opaque",
        "stringData": {"alertmanager.yaml": yaml.safe_dump(configuration(receivers), sort_keys=False, width=140)},
    }


def mounted_secrets(receivers: Receivers) -> list[str]:
    """The chart value `alertmanager.alertmanagerSpec.secrets`: the Secrets that hold credentials."""
    wanted = (receivers.page, receivers.ticket, receivers.dead_man)
    return sorted({receiver.credential.name for receiver in wanted if receiver.credential})


def configuration(receivers: Receivers) -> dict[str, Any]:
    """Alertmanager's configuration; raises ValueError for a receiver that lacks what its kind needs."""
    named = {PAGE: receivers.page, TICKET: receivers.ticket, DEAD_MAN: receivers.dead_man}
    return {
        "route": _route(),
        "inhibit_rules": _inhibitions(),
        "receivers": [{"name": NOBODY}, *({"name": name, **_integration(name, receiver)} for name, receiver in named.items())],
    }


def _route() -> dict[str, Any]:
    """An alert of a severity that nobody knows becomes a ticket, so that none is lost."""
    return {
        "receiver": TICKET,
        "group_by": ["alertname", "namespace", "service"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "12h",
        "routes": [
            {
                "receiver": DEAD_MAN,
                "matchers": ['alertname="Watchdog"'],
                "group_wait": "0s",
                "group_interval": "1m",
                "repeat_interval": "1m",
            },
            {"receiver": NOBODY, "matchers": ['alertname="InfoInhibitor"']},
            {"receiver": NOBODY, "matchers": ['severity=~"info|none"']},
            {"receiver": PAGE, "matchers": ['severity="critical"'], "repeat_interval": "4h"},
            {"receiver": TICKET, "matchers": ['severity="warning"']},
        ],
    }


def _inhibitions() -> list[dict[str, Any]]:
    """One trouble, one notification: the sharper alert silences the duller one on the same thing."""
    fast, medium, slow = BURNS
    errors = _inhibition('alertname="HighErrorRate"', 'alertname=~"SLO.*Burn",slo="availability"', ["namespace", "service"])
    return [
        _inhibition('severity="critical"', 'severity=~"warning|info"', ["alertname", "namespace"]),
        _inhibition('alertname="InfoInhibitor"', 'severity="info"', ["namespace"]),
        _inhibition('alertname="ContainerOOMKilled"', 'alertname="ContainerMemoryNearLimit"', ["namespace", "pod", "container"]),
        _inhibition(f'alertname="{fast}"', f'alertname=~"{medium}|{slow}"', ["sloth_id"]),
        _inhibition(f'alertname="{medium}"', f'alertname="{slow}"', ["sloth_id"]),
        errors,
    ]


def _inhibition(source: str, target: str, equal: list[str]) -> dict[str, Any]:
    return {"source_matchers": source.split(","), "target_matchers": target.split(","), "equal": equal}


def _integration(name: str, receiver: Receiver) -> dict[str, Any]:
    if receiver.kind is ReceiverKind.WEBHOOK:
        return {"webhook_configs": [_webhook(name, receiver)]}
    if receiver.credential is None:
        raise ValueError(f"receiver {name}: {receiver.kind.value} needs a credential: a Secret and a key")
    if receiver.kind is ReceiverKind.PAGERDUTY:
        return {"pagerduty_configs": [{"routing_key_file": receiver.credential.path, "details": _DETAILS}]}
    if not receiver.channel:
        raise ValueError(f"receiver {name}: slack needs a channel")
    return {"slack_configs": [{"api_url_file": receiver.credential.path, "channel": receiver.channel, "send_resolved": True}]}


def _webhook(name: str, receiver: Receiver) -> dict[str, Any]:
    if not receiver.url:
        raise ValueError(f"receiver {name}: webhook needs a url")
    if receiver.credential is None:
        return {"url": receiver.url}
    return {"url": receiver.url, "http_config": {"authorization": {"credentials_file": receiver.credential.path}}}
