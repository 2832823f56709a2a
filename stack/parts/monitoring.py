"""Monitoring: kube-prometheus-stack, on wherever pods run."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from components import MonitoringStack
from components.monitoring import grafana_secret
from stack import pins, state
from stack import values as forms
from stack.part import Part
from stack.section import Section

if TYPE_CHECKING:
    from stack.composition import Stack
    from stack.settings import Settings

NAME = NAMESPACE = "monitoring"


class MonitoringSettings(Section):
    """Monitoring; what is unset is the target's, or the MonitoringStack component's default."""

    enabled: forms.Switch | None = None
    scrape_interval: forms.Interval | None = None
    evaluation_interval: forms.Interval | None = None
    retention: forms.Duration | None = None
    storage_size: forms.Quantity | None = None
    values: dict[str, Any] | None = Field(default=None, description="values of the chart, over ours")


def is_on(settings: "Settings") -> bool:
    """As `monitoring.enabled` says; left out, wherever pods run."""
    given = settings.of(MonitoringSettings).enabled
    return state.pods_run(settings) if given is None else given


def make(stack: "Stack") -> None:
    """The stack and Grafana's credential; hands on the MonitoringStack."""
    inside = stack.namespace(NAMESPACE)
    grafana = stack.handed["secrets"].make("monitoring-secrets", NAMESPACE, grafana_secret(), inside)
    inputs: Any = {
        "charts": pins.charts(),
        "sink_image": stack.images["alert-sink"],
        **stack.settings.of(MonitoringSettings).model_dump(include={"scrape_interval", "evaluation_interval", "values"}),
        "secrets_version": grafana.versions.apply(lambda versions: versions["grafana-admin"]),
        "platform": stack.platform.monitoring,
        "workload_platform": stack.platform.workload,
        **stack.owner,
    }
    inside.depends_on = [grafana]
    made = stack.handed[NAME] = MonitoringStack("monitoring", inputs, inside)
    stack.show(urls=made.urls, secretRefs=grafana.refs)


PART = Part(
    name=NAME,
    settings=MonitoringSettings,
    description="Monitoring: enabled (default true, but on a simulated cluster), scrapeInterval, evaluationInterval, retention,"
    " storageSize, values; what is unset is the target's or the component's.",
    is_on=is_on,
    make=make,
    needs=["secrets"],
)
