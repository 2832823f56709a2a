"""How a workload is reached: Service, Ingress, and the network policy of its declared flows."""

from collections.abc import Mapping
from typing import Any

from ..._kit import Manifest
from ..._network import addresses, front_door, in_namespace, internet, name_lookup, tcp
from ..args import WorkloadPeerArgs
from ..groups import WorkloadPortArgs, WorkloadProtocol, WorkloadServiceType
from ..model import Workload

SERVICE_PORT = 80
GATEWAY_API = "gateway.networking.k8s.io/v1"


def service(workload: Workload, port: int) -> Manifest:
    """The Service that clients use: `port` leads to the main port, the others and metrics to theirs."""
    wanted = workload.inputs["service"]
    ports = [{"name": workload.port_name, "port": wanted.get("port", port), "targetPort": workload.port_name, "protocol": "TCP"}]
    if workload.metrics_port and workload.metrics_port_name == "metrics":
        ports.append({"name": "metrics", "port": workload.metrics_port, "targetPort": "metrics", "protocol": "TCP"})
    for name, given in workload.inputs["ports"].items():
        ports.append({"name": name, "port": given.get("service_port", given["port"]), "targetPort": name, "protocol": _protocol(given)})
    kind = wanted.get("type", WorkloadServiceType.CLUSTER_IP).value
    ranges = {"loadBalancerSourceRanges": wanted["source_ranges"]} if "source_ranges" in wanted else {}
    manifest = workload.object("v1", "Service", {"type": kind, "selector": workload.selector, "ports": ports, **ranges})
    manifest["metadata"]["labels"]["causeway.dev/service"] = "client"
    return _annotated(manifest, wanted.get("annotations", {}))


def _protocol(port: WorkloadPortArgs) -> str:
    return port.get("protocol", WorkloadProtocol.TCP).value


def _annotated(manifest: Manifest, annotations: Mapping[str, str]) -> Manifest:
    """The object with some annotations besides those of every object."""
    if annotations:
        manifest["metadata"]["annotations"] = {**manifest["metadata"].get("annotations", {}), **annotations}
    return manifest


def headless_service(workload: Workload) -> Manifest:
    """The governing Service of a StatefulSet: it gives each pod a name of its own, ready or not."""
    ports = [{"name": workload.port_name, "port": workload.inputs["port"], "targetPort": workload.port_name, "protocol": "TCP"}]
    for name, given in workload.inputs["ports"].items():
        ports.append({"name": name, "port": given["port"], "targetPort": name, "protocol": _protocol(given)})
    spec = {"clusterIP": "None", "publishNotReadyAddresses": True, "selector": workload.selector, "ports": ports}
    name = workload.inputs["stateful"].get("governing_service", f"{workload.name}-headless")
    manifest = workload.object("v1", "Service", spec, name=name)
    manifest["metadata"]["labels"]["causeway.dev/service"] = "governing"
    return manifest


def ingress(workload: Workload) -> Manifest:
    """The rule of the front door; paths reach the workload as they are (requirements 3.2, 3.12)."""
    wanted = workload.inputs["ingress"]
    led = wanted.get("paths", {wanted.get("path", "/"): workload.port_name})
    paths = [
        {"path": path, "pathType": "Prefix", "backend": {"service": {"name": workload.name, "port": {"name": port}}}}
        for path, port in led.items()
    ]
    hosts = ingress_hosts(workload)
    rules = [{"http": {"paths": paths}, "host": host} for host in hosts] or [{"http": {"paths": paths}}]
    spec: dict[str, Any] = {"rules": rules}
    if workload.platform["ingress_class"]:
        spec["ingressClassName"] = workload.platform["ingress_class"]
    if wanted.keys() & {"tls_secret", "tls_issuer"}:
        spec["tls"] = [{"secretName": wanted.get("tls_secret", f"{workload.name}-tls"), **({"hosts": hosts} if hosts else {})}]
    return _annotated(workload.object("networking.k8s.io/v1", "Ingress", spec), _ingress_annotations(workload))


def http_routes(workload: Workload) -> list[Manifest]:
    """The route of the Gateway API, where one is wanted."""
    wanted = workload.inputs.get("gateway")
    if wanted is None:
        return []
    parent = {
        "name": wanted["name"],
        "namespace": wanted["namespace"],
        **({"sectionName": wanted["section"]} if "section" in wanted else {}),
    }
    matches = [{"path": {"type": "PathPrefix", "value": path}} for path in wanted.get("paths", ["/"])]
    backend = {"name": workload.name, "port": workload.inputs["service"].get("port", SERVICE_PORT)}
    spec = {"parentRefs": [parent], "rules": [{"matches": matches, "backendRefs": [backend]}]}
    hosts = {"hostnames": wanted["hosts"]} if "hosts" in wanted else {}
    return [workload.object(GATEWAY_API, "HTTPRoute", {**spec, **hosts})]


def _ingress_annotations(workload: Workload) -> dict[str, str]:
    """The front door's own, the path of the readiness question, and what the workload asked for."""
    annotations = dict(workload.platform["ingress_annotations"])
    health, path = workload.platform["ingress_health_annotation"], workload.inputs.get("readiness", {}).get("path")
    if health and path:
        annotations[health] = path
    if "tls_issuer" in workload.inputs["ingress"]:
        annotations["cert-manager.io/cluster-issuer"] = workload.inputs["ingress"]["tls_issuer"]
    return {**annotations, **workload.inputs["ingress"].get("annotations", {})}


def ingress_hosts(workload: Workload) -> list[str]:
    """Host names of the ingress, none for any host."""
    wanted, domain = workload.inputs["ingress"], workload.platform.get("domain")
    named = wanted.get("hosts", [wanted["host"]] if wanted.get("host") else [])
    return named or ([f"{workload.name}.{domain}"] if domain else [])


def network_policy(workload: Workload) -> Manifest:
    """What may come in and go out; all else is denied, in both directions."""
    spec = {
        "podSelector": {"matchLabels": workload.selector},
        "policyTypes": ["Ingress", "Egress"],
        # An empty list would be dropped by the API server and then look like drift.
        **({"ingress": flows} if (flows := _flows_in(workload)) else {}),
        "egress": [name_lookup(workload.platform), *(_flow_out(workload, peer) for peer in workload.inputs["allow_to"])],
    }
    return workload.object("networking.k8s.io/v1", "NetworkPolicy", spec)


def _flows_in(workload: Workload) -> list[dict[str, Any]]:
    inputs = workload.inputs
    flows = [
        {"from": _peers(workload, peer), **_listening(workload, peer.get("port", inputs.get("port")))} for peer in inputs["allow_from"]
    ]
    if "ingress" in inputs:
        led = inputs["ingress"].get("paths", {}).values()
        others = [port["port"] for name, port in inputs["ports"].items() if name in led]
        flows.append({"from": front_door(workload.platform), "ports": tcp(inputs["port"], *others)})
    if "gateway" in inputs:
        flows.append({"from": [in_namespace(inputs["gateway"]["namespace"])], **_on_port(inputs["port"])})
    if workload.metrics_port:
        flows.append({"from": [in_namespace(workload.platform["monitoring_namespace"])], **_on_port(workload.metrics_port)})
    return flows


def _flow_out(workload: Workload, peer: WorkloadPeerArgs) -> dict[str, Any]:
    return {"to": _peers(workload, peer), **_on_port(peer.get("port"))}


def _listening(workload: Workload, port: int | None) -> dict[str, Any]:
    """The port of a flow in, by the protocol that the workload speaks there."""
    protocols = [_protocol(given) for given in workload.inputs["ports"].values() if given["port"] == port]
    return {"ports": [{"protocol": protocol, "port": port} for protocol in protocols]} if protocols else _on_port(port)


def _on_port(port: int | None) -> dict[str, Any]:
    return {"ports": tcp(port)} if port else {}


def _peers(workload: Workload, peer: WorkloadPeerArgs) -> list[dict[str, Any]]:
    if peer.get("internet"):
        return internet()
    if "cidr" in peer:
        return [addresses(peer["cidr"])]
    return [workload.pod_selector(peer) if "workload" in peer else in_namespace(peer["namespace"])]
