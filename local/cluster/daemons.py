"""The command line of every program that makes up a local cluster: pure functions from a cluster to data."""

from dataclasses import dataclass
from pathlib import Path

from local.cluster.layout import Cluster

STAGES = Path(__file__).with_name("stages.yaml")
"""What KWOK does to the objects of a simulated cluster."""

AUDIT = Path(__file__).with_name("audit.yaml")
"""What the API server writes down: one line of JSON for each write of the administrator's."""


@dataclass(frozen=True)
class Daemon:
    """A program to keep running. All start at once: each waits by itself, or ends and is started again."""

    name: str
    command: tuple[str, ...]


def daemons(cluster: Cluster, kubernetes: Path, runtime: Path) -> list[Daemon]:
    """Everything that runs, in order; `kubernetes` and `runtime` are the directories of those two tools."""
    plane = [_etcd(cluster, kubernetes), _apiserver(cluster, kubernetes), *_controllers(cluster, kubernetes)]
    if cluster.simulated:
        return [*plane, _kwok(cluster, kubernetes)]
    return [*plane, _containerd(cluster, runtime), _kubelet(cluster, kubernetes), _proxy(cluster, kubernetes)]


def _etcd(cluster: Cluster, programs: Path) -> Daemon:
    client = f"http://127.0.0.1:{cluster.port(2379)}"
    peer = f"http://127.0.0.1:{cluster.port(2380)}"
    flags = {
        "name": "node",
        "data-dir": cluster.directory / "etcd",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"node={peer}",
        "auto-compaction-retention": "1h",
        "quota-backend-bytes": 4 << 30,
        "log-level": "warn",
    }
    return Daemon("etcd", _command(programs / "etcd", flags))


def _apiserver(cluster: Cluster, programs: Path) -> Daemon:
    keys = cluster.certificates
    flags = {
        "bind-address": cluster.address,
        "advertise-address": cluster.address,
        "secure-port": cluster.port(6443),
        "etcd-servers": f"http://127.0.0.1:{cluster.port(2379)}",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
        "client-ca-file": keys / "ca.crt",
        "tls-cert-file": keys / "apiserver.crt",
        "tls-private-key-file": keys / "apiserver.key",
        "kubelet-certificate-authority": keys / "ca.crt",
        "kubelet-client-certificate": keys / "kubelet-client.crt",
        "kubelet-client-key": keys / "kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-account-key-file": keys / "service-account.key",
        "service-account-signing-key-file": keys / "service-account.key",
        "service-cluster-ip-range": cluster.services,
        "requestheader-client-ca-file": keys / "front-proxy-ca.crt",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-username-headers": "X-Remote-User",
        "proxy-client-cert-file": keys / "front-proxy.crt",
        "proxy-client-key-file": keys / "front-proxy.key",
        "encryption-provider-config": cluster.encryption,
        "profiling": "false",
    }
    # KWOK is an administrator too, and writes with every pod.
    audited = {} if cluster.simulated else _audit(cluster)
    return Daemon("kube-apiserver", _command(programs / "kube-apiserver", flags | audited))


def _audit(cluster: Cluster) -> dict[str, object]:
    return {
        "audit-policy-file": AUDIT,
        "audit-log-path": cluster.audit_log,
        "audit-log-maxsize": 10,
        "audit-log-maxbackup": 1,
    }


def _controllers(cluster: Cluster, programs: Path) -> list[Daemon]:
    keys = cluster.certificates
    common = {"bind-address": "127.0.0.1", "leader-elect": "false", "profiling": "false"}
    manager_config = cluster.directory / "controller-manager.kubeconfig"
    manager = {
        "kubeconfig": manager_config,
        "authentication-kubeconfig": manager_config,
        "authorization-kubeconfig": manager_config,
        "secure-port": cluster.port(10257),
        "allocate-node-cidrs": "true",
        "cluster-cidr": cluster.pods,
        "node-cidr-mask-size": 24,
        "service-cluster-ip-range": cluster.services,
        "root-ca-file": keys / "ca.crt",
        "cluster-signing-cert-file": keys / "ca.crt",
        "cluster-signing-key-file": keys / "ca.key",
        "service-account-private-key-file": keys / "service-account.key",
        "use-service-account-credentials": "true",
        # The default of 20 requests a second is for a shared control plane, and would be what a large `up` waits for.
        "kube-api-qps": 300,
        "kube-api-burst": 400,
        "node-monitor-grace-period": "40s",
    }
    scheduler_config = cluster.directory / "scheduler.kubeconfig"
    scheduler = {
        "kubeconfig": scheduler_config,
        "authentication-kubeconfig": scheduler_config,
        "authorization-kubeconfig": scheduler_config,
        "secure-port": cluster.port(10259),
    }
    return [
        Daemon("kube-controller-manager", _command(programs / "kube-controller-manager", common | manager)),
        Daemon("kube-scheduler", _command(programs / "kube-scheduler", common | scheduler)),
    ]


def _containerd(cluster: Cluster, programs: Path) -> Daemon:
    return Daemon("containerd", (str(programs / "containerd"), "--config", str(cluster.directory / "containerd.toml")))


def _kubelet(cluster: Cluster, programs: Path) -> Daemon:
    flags = {
        "config": cluster.directory / "kubelet.json",
        "kubeconfig": cluster.directory / "kubelet.kubeconfig",
        "root-dir": cluster.directory / "kubelet",
        "hostname-override": cluster.name,
        "node-ip": cluster.address,
        # Deprecated, and still the only way to give cAdvisor's metrics their container names on another socket.
        "containerd": cluster.containerd_socket,
    }
    return Daemon("kubelet", _command(programs / "kubelet", flags))


def _proxy(cluster: Cluster, programs: Path) -> Daemon:
    flags = {"config": cluster.directory / "kube-proxy.json", "hostname-override": cluster.name}
    return Daemon("kube-proxy", _command(programs / "kube-proxy", flags))


def _kwok(cluster: Cluster, programs: Path) -> Daemon:
    flags = {
        "config": STAGES,
        "kubeconfig": cluster.admin_kubeconfig,
        "manage-all-nodes": "true",
        "node-ip": "127.0.0.1",
        "cidr": cluster.pods,
        "node-lease-duration-seconds": 40,
        "server-address": f"127.0.0.1:{cluster.port(10247)}",
    }
    return Daemon("kwok", _command(programs / "kwok", flags))


def _command(program: Path, flags: dict[str, object]) -> tuple[str, ...]:
    return (str(program), *(f"--{name}={value}" for name, value in flags.items()))
