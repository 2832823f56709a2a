"""MonitoringStack alone, made as the platform's own program makes it, but for its doors: nothing stands before them here."""

from typing import Any

import pulumi

import platforms
from components import MonitoringStack, RestrictedNamespace, SecretsStore
from components.monitoring import grafana_secret
from stack import pins, settings, state

NAMESPACE = "monitoring"

wanted = settings.load()
platform = platforms.load(wanted)
namespace = RestrictedNamespace(NAMESPACE, {}, pulumi.ResourceOptions(provider=platform.provider))
inside = pulumi.ResourceOptions(provider=platform.provider, depends_on=[namespace], deleted_with=namespace.object)
grafana: dict[str, Any] = grafana_secret()
secrets = SecretsStore("secrets", {"namespace": NAMESPACE, "secrets": grafana, "seed": state.seed(wanted)}, inside)
MonitoringStack(
    "monitoring",
    {
        "namespace": NAMESPACE,
        "charts": pins.charts(),
        "sink_image": pins.images()["alert-sink"],
        "platform": {**platform.monitoring, "doors": []},
        "workload_platform": platform.workload,
    },
    pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[secrets])),
)
