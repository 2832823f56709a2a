"""MonitoringStack: kube-prometheus-stack with the target's profile, and our rules, dashboards and routes in it."""

from types import MappingProxyType
from typing import Any

import pulumi

from .. import _kit
from .._inputs import Problem, merge, refuse, resolve
from ..workload import PLATFORM_DEFAULTS, Pattern, WorkloadPattern
from ..workload.parts import WorkloadResourcesArgs
from .args import MonitoringStackArgs
from .checks import check, receivers
from .dashboards import dashboards
from .network import ingress, policies, urls
from .routing import mounted_secrets, routing
from .rules import rules
from .selection import overlooked
from .values import GRAFANA_SECRET, NODE_NAMESPACE, RELEASE, chart_values, selectors

DEFAULTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "namespace": "monitoring",
        "team": "platform",
        "environment": "development",
        "scrape_interval": "30s",
        "evaluation_interval": "30s",
        "secrets_version": "1",
        "values": {},
        # Numbers of requirements 1.4, minikube.
        "platform": {
            "replicas": 1,
            "alertmanager_replicas": 1,
            "retention": "3d",
            "storage_class": "standard",
            "storage_size": "5Gi",
            "prometheus": {"cpu": "200m", "memory": "512Mi", "memory_limit": "1Gi"},
            "grafana": {"cpu": "100m", "memory": "128Mi", "memory_limit": "256Mi"},
            "control_plane": ["api-server", "dns", "kubelet"],
            "enable_node_exporter": True,
            "enable_alert_sink": True,
            "doors": ["grafana"],
        },
        "workload_platform": {**PLATFORM_DEFAULTS},
    }
)
_SINK_RESOURCES = WorkloadResourcesArgs(cpu="10m", memory="32Mi", memory_limit="96Mi")


def grafana_secret() -> dict[str, dict[str, dict[str, Any]]]:
    """What SecretsStore has to make: Grafana's administrator, the password generated."""
    return {GRAFANA_SECRET: {"admin-user": {"value": "admin", "public": True}, "admin-password": {}}}


class MonitoringStack(pulumi.ComponentResource):
    """Prometheus, Alertmanager and Grafana of one cluster."""

    TOKEN = "causeway:index:MonitoringStack"

    urls: pulumi.Output[dict[str, str]]
    """Name to address of what is behind the front door."""
    namespace: pulumi.Output[str]
    """Namespace of it all."""

    def __init__(self, name: str, args: MonitoringStackArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("monitoring", name, MonitoringStackArgs, args, DEFAULTS)
        check(name, inputs)
        self._opts, self._inputs, self._receivers, self._labels = opts, inputs, receivers(inputs), _labels(inputs)
        self._values = merge(chart_values(inputs, mounted_secrets(self._receivers)), inputs["values"])
        self._rules = rules(self._labels, inputs["namespace"])
        self._boards = dashboards(self._labels, inputs["namespace"])
        taken = selectors(self._values)
        refuse("monitoring", name, [Problem("values", line) for line in overlooked([*self._rules, *self._boards], taken)])
        # Plain data for the platform of workloads: one that this Prometheus would ignore is refused.
        self.watching = {"enable_monitors": True, "monitor_selectors": taken}
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        # Whoever makes a ServiceMonitor, a PodMonitor or a PrometheusRule depends on it.
        self.crds = self._release("prometheus-operator-crds", f"{RELEASE}-crds", {}, [])
        stack = self._stack()
        self._content()
        if inputs["platform"]["enable_alert_sink"]:
            self._sink()
        self.urls = self._front_door(stack)
        self.namespace = pulumi.Output.from_input(inputs["namespace"])
        self.register_outputs({"urls": self.urls, "namespace": self.namespace})

    def _stack(self) -> pulumi.Resource:
        """The chart, after what its pods would fail without."""
        namespace, platform = self._inputs["namespace"], self._inputs["platform"]
        needed = [self.crds, self._register(routing(self._receivers, self._labels, namespace))]
        flows = policies(namespace, self._labels, platform["doors"], self._inputs["workload_platform"])
        needed += [self._register(policy) for policy in flows]
        if platform["enable_node_exporter"]:
            needed.append(self._register(_node_namespace(self._labels)))
        return self._release("kube-prometheus-stack", RELEASE, self._values, needed)

    def _front_door(self, stack: pulumi.Resource) -> pulumi.Output[dict[str, str]]:
        doors, workload = self._inputs["platform"]["doors"], self._inputs["workload_platform"]
        if not doors:
            return pulumi.Output.from_input({})
        made = self._register(ingress(self._inputs["namespace"], self._labels, doors, workload), [stack], ("status",))
        return made.status.apply(lambda status: urls(doors, workload, _kit.address(status)))

    def _content(self) -> None:
        """Rules and dashboards: the same objects on every target."""
        for manifest in self._rules:
            self._register(manifest, [self.crds])
        for manifest in self._boards:
            self._register(manifest)

    def _sink(self) -> None:
        inputs = self._inputs
        WorkloadPattern(
            "alert-sink",
            {
                "pattern": Pattern.STATELESS,
                "namespace": inputs["namespace"],
                "team": inputs["team"],
                "environment": inputs["environment"],
                "image": inputs["sink_image"],
                "replicas": 1,
                "resources": _SINK_RESOURCES,
                "platform": inputs["workload_platform"],
            },
            _kit.child_options(self, self._opts, []),
        )

    def _register(
        self, manifest: _kit.Manifest, depends_on: list[pulumi.Resource] | None = None, outputs: tuple[str, ...] = ()
    ) -> _kit.KubernetesObject:
        name = f"{manifest['metadata']['name']}-{manifest['kind'].lower()}"
        return _kit.register(name, manifest, _kit.child_options(self, self._opts, depends_on or []), outputs)

    def _release(self, chart: str, name: str, values: dict[str, Any], depends_on: list[pulumi.Resource]) -> pulumi.Resource:
        inputs = {"namespace": self._inputs["namespace"], "values": values}
        options = pulumi.ResourceOptions(parent=self, depends_on=depends_on)
        return _kit.release(chart, name, inputs, self._inputs["charts"][chart], options)


def _labels(inputs: MonitoringStackArgs) -> dict[str, str]:
    return _kit.common_labels(
        "monitoring",
        component="monitoring",
        part_of="monitoring",
        team=inputs["team"],
        environment=inputs["environment"],
        version=inputs["charts"]["kube-prometheus-stack"]["version"],
    )


def _node_namespace(labels: dict[str, str]) -> _kit.Manifest:
    """Pods that look at their host are privileged ones; nothing else may be in here."""
    admission = {"pod-security.kubernetes.io/enforce": "privileged"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NODE_NAMESPACE, "labels": {**labels, **admission}}}
