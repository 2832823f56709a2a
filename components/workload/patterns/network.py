"""How a workload is reached: Service, Ingress, and the network policy of its declared flows."""

from typing import Any

from ..._kit import Manifest
from ..._network import addresses, front_door, in_namespace, internet, name_lookup, tcp
from ..args import WorkloadPeerArgs
from ..model import Workload

SERVICE_PORT = 80


def service(workload: Workload, port: int) -> Manifest:
    """The Service that clients use: `port` leads to the main port, metrics to theirs."""
    ports = [{"name": workload.port_name, "port": port, "targetPort": workload.port_name, "protocol": "TCP"}]
    if workload.metrics_port and workload.metrics_port_name == "metrics":
        ports.append({"name": "metrics", "port": workload.metrics_port, "targetPort": "metrics", "protocol": "TCP"})
    manifest = workload.object("v1", "Service", {"type": "ClusterIP", "selector": workload.selector, "ports": ports})
    manifest["metadata"]["labels"]["causeway.dev/service"] = "client"
    return manifest


def headless_service(workload: Workload) -> Manifest:
    """The governing Service of a StatefulSet: it gives each pod a name of its own, ready or not."""
    spec = {
        "clusterIP": "None",
        "publishNotReadyAddresses": True,
        "selector": workload.selector,
        "ports": [{"name": workload.port_name, "port": workload.inputs["port"], "targetPort": workload.port_name, "protocol": "TCP"}],
    }
    manifest = workload.object("v1", "Service", spec, name=f"{workload.name}-headless")
    manifest["metadata"]["labels"]["causeway.dev/service"] = "governing"
    return manifest


def ingress(workload: Workload) -> Manifest:
    """The rule of the front door; paths reach the workload as they are (requirements 3.2, 3.12)."""
    wanted = workload.inputs["ingress"]
    backend = {"service": {"name": workload.name, "port": {"name": workload.port_name}}}
    rule: dict[str, Any] = {"http": {"paths": [{"path": wanted.get("path", "/"), "pathType": "Prefix", "backend": backend}]}}
    host = ingress_host(workload)
    if host:
        rule["host"] = host
    spec: dict[str, Any] = {"rules": [rule]}
    if workload.platform["ingress_class"]:
        spec["ingressClassName"] = workload.platform["ingress_class"]
    if "tls_secret" in wanted:
        spec["tls"] = [{"secretName": wanted["tls_secret"], **({"hosts": [host]} if host else {})}]
    manifest = workload.object("networking.k8s.io/v1", "Ingress", spec)
    if annotations := _ingress_annotations(workload):
        manifest["metadata"]["annotations"] = annotations
    return manifest


def _ingress_annotations(workload: Workload) -> dict[str, str]:
    """The front door's own, the path of the readiness question, and what the workload asked for."""
    annotations = dict(workload.platform["ingress_annotations"])
    health, path = workload.platform["ingress_health_annotation"], workload.inputs.get("readiness", {}).get("path")
    if health and path:
        annotations[health] = path
    return {**annotations, **workload.inputs["ingress"].get("annotations", {})}


def ingress_host(workload: Workload) -> str | None:
    """Host name of the ingress, None for any host."""
    domain = workload.platform.get("domain")
    return workload.inputs["ingress"].get("host") or (f"{workload.name}.{domain}" if domain else None)


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
    flows = [{"from": _peers(workload, peer), **_on_port(peer.get("port", inputs.get("port")))} for peer in inputs["allow_from"]]
    if "ingress" in inputs:
        flows.append({"from": front_door(workload.platform), **_on_port(inputs["port"])})
    if workload.metrics_port:
        flows.append({"from": [in_namespace(workload.platform["monitoring_namespace"])], **_on_port(workload.metrics_port)})
    return flows


def _flow_out(workload: Workload, peer: WorkloadPeerArgs) -> dict[str, Any]:
    return {"to": _peers(workload, peer), **_on_port(peer.get("port"))}


def _on_port(port: int | None) -> dict[str, Any]:
    return {"ports": tcp(port)} if port else {}


def _peers(workload: Workload, peer: WorkloadPeerArgs) -> list[dict[str, Any]]:
    if peer.get("internet"):
        return internet()
    if "cidr" in peer:
        return [addresses(peer["cidr"])]
    return [workload.pod_selector(peer) if "workload" in peer else in_namespace(peer["namespace"])]
