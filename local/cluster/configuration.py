"""The configuration files of the node's programs: pure functions from a cluster to the files' texts."""

import json
from pathlib import Path

from local.cluster.layout import Cluster
from local.toolchain.pins import versions


def write_all(cluster: Cluster, runtime: Path) -> None:
    """Write every configuration file below the cluster's directory."""
    texts = {
        "containerd.toml": containerd(cluster, runtime),
        "cni/10-causeway.conflist": json.dumps(pod_network(cluster), indent=1),
        "kubelet.json": json.dumps(kubelet(cluster), indent=1),
        "kube-proxy.json": json.dumps(proxy(cluster), indent=1),
        "resolv.conf": "# Nothing outside the cluster can be looked up.\n",
    }
    for name, text in texts.items():
        path = cluster.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def containerd(cluster: Cluster, runtime: Path) -> str:
    """containerd 1.6: sockets and data of our own, runc, and no use of CAP_SYS_RESOURCE, which a sandboxed root lacks."""
    return f"""\
version = 2
root = "{cluster.directory}/containerd"
state = "{cluster.run}/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]

[grpc]
  address = "{cluster.containerd_socket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{versions()["images"]["pause"]}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "{runtime}/plugins"
  conf_dir = "{cluster.directory}/cni"

[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
"""


def pod_network(cluster: Cluster) -> dict[str, object]:
    """Each pod gets its own link and route (`ptp`), so that pod-to-Service traffic always passes the node's rules."""
    addresses = {
        "type": "host-local",
        "dataDir": str(cluster.directory / "addresses"),
        "ranges": [[{"subnet": str(next(cluster.pods.subnets(new_prefix=24)))}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    return {
        "cniVersion": "1.0.0",
        "name": "causeway",
        "plugins": [
            {"type": "ptp", "ipMasq": False, "ipam": addresses},
            {"type": "portmap", "capabilities": {"portMappings": True}, "snat": True},
        ],
    }


def kubelet(cluster: Cluster) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": cluster.address,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(cluster.certificates / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(cluster.certificates / "kubelet-serving.crt"),
        "tlsPrivateKeyFile": str(cluster.certificates / "kubelet-serving.key"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cluster.namespace}",
        "failCgroupV1": False,
        "containerRuntimeEndpoint": f"unix://{cluster.containerd_socket}",
        "clusterDNS": [cluster.dns],
        "clusterDomain": "cluster.local",
        "resolvConf": str(cluster.directory / "resolv.conf"),
        "podLogsDir": str(cluster.directory / "pod-logs"),
        "volumePluginDir": str(cluster.directory / "volume-plugins"),
        "failSwapOn": False,
        "maxPods": 250,
        # Images are imported, not pulled: what the kubelet would tidy away could not be had again.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "oomScoreAdj": 0,
        "serializeImagePulls": False,
        "syncFrequency": "10s",
        "registerNode": True,
    }


def proxy(cluster: Cluster) -> dict[str, object]:
    """kube-proxy in iptables mode; the connection-tracking limits stay as the host has them."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": cluster.address,
        "clientConnection": {"kubeconfig": str(cluster.directory / "proxy.kubeconfig")},
        "clusterCIDR": str(cluster.pods),
        "mode": "iptables",
        "metricsBindAddress": f"{cluster.address}:10249",
        "healthzBindAddress": f"{cluster.address}:10256",
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
