"""A machine, tools, a cluster and a checkout with nothing wrong; tests spoil one fact at a time."""

from cli.doctor.facts import ClusterFacts, Disk, Facts, LocalCluster, Machine, Network, Pulumi, Registry, State, Tool

GIGABYTE = 10**9

MACHINE = Machine(
    python=(3, 11, 7),
    has_venv=True,
    system="Linux",
    architecture="x86_64",
    user=0,
    capabilities=0x1FFFEFFFFFF,
    cgroup="1",
    controllers=frozenset({"cpu", "cpuset", "memory", "pids"}),
    has_namespaces=True,
    missing=(),
    filesystems=frozenset({"ext4", "overlay"}),
    disks=(Disk(("/cache", "/state"), 50 * GIGABYTE),),
    memory=8 * GIGABYTE,
    processors=2,
    routes=(Network("192.0.2.0/24", "eth0"), Network("198.18.0.0/30", "causeway0")),
    minikube=None,
)
TOOL = Tool("kubectl", "1.37.1", "cached", "1.37.1", "/cache/tools/kubectl")
PULUMI = Pulumi("3.259.0", "3.272.0", "4.34.2", "4.34.2", "official")
REGISTRY = Registry("Python packages", "pip", "newest pulumi-kubernetes (4.34.2)")
CLUSTER = ClusterFacts("/state/kubeconfig", True, None, "1.37.1", "1.36.2", ("standard",), ("nginx",), 1, "1.36.2")
LOCAL = LocalCluster("causeway", True, None, 100, {"etcd": True, "kubelet": True}, "/logs")
STATE = State({"/state/passphrase": 0o600, "/state/seed": 0o600}, "file:///state/backend", (), LOCAL)
FACTS = Facts("minikube", MACHINE, (TOOL,), PULUMI, (REGISTRY,), CLUSTER, STATE)
