"""What doctor makes of facts: each lack is found, and each has a fix."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.doctor import machine
from cli.doctor.cluster import judge_cluster
from cli.doctor.command import judge
from cli.doctor.facts import Answer, CloudFacts, Disk, LocalCluster, Network, Registry, Tool
from cli.doctor.finding import Finding, Verdict
from cli.doctor.state import judge_local_cluster, judge_state
from cli.doctor.tools import judge_pulumi, judge_registry, judge_tool
from tests.cli.facts import CLUSTER, FACTS, GIGABYTE, LOCAL, MACHINE, PULUMI, REGISTRY, STATE, TOOL
from workspace.lock import Holder


def only_complaint(findings: list[Finding]) -> Finding:
    (complaint,) = [finding for finding in findings if finding.verdict is not Verdict.PASS]
    return complaint


def test_nothing_wrong() -> None:
    """A machine that has everything passes every check, and no check asks for a fix."""
    checks = judge(FACTS)

    assert {(Verdict.PASS, "")} == {(check.finding.verdict, check.finding.fix) for check in checks}


@pytest.mark.parametrize(
    ("change", "name", "verdict"),
    [
        pytest.param({"python": (3, 10, 1)}, "Python", "fail", id="old Python"),
        pytest.param({"has_venv": False}, "Python", "fail", id="no venv"),
        pytest.param({"disks": (Disk(("/a",), 99 * GIGABYTE), Disk(("/b",), 9 * GIGABYTE))}, "disk", "warn", id="little disk"),
        pytest.param({"disks": (Disk(("/a",), 3 * GIGABYTE),)}, "disk", "fail", id="too little disk"),
        pytest.param({"memory": 3 * GIGABYTE}, "memory", "warn", id="little memory"),
        pytest.param({"memory": 1 * GIGABYTE}, "memory", "fail", id="too little memory"),
        pytest.param({"processors": 1}, "processors", "warn", id="one processor"),
        pytest.param({"system": "Darwin"}, "system", "fail", id="not Linux"),
        pytest.param({"architecture": "aarch64"}, "system", "fail", id="another processor architecture"),
        pytest.param({"user": 1000}, "root", "fail", id="not root"),
        pytest.param({"controllers": frozenset({"cpu", "cpuset", "memory"})}, "cgroups", "fail", id="no pids controller"),
        pytest.param({"has_namespaces": False}, "network namespaces", "fail", id="kernel without namespaces"),
        pytest.param({"capabilities": 1 << 21}, "network namespaces", "fail", id="no CAP_NET_ADMIN"),
        pytest.param({"capabilities": 1 << 12}, "network namespaces", "fail", id="no CAP_SYS_ADMIN"),
        pytest.param({"missing": ("ip", "nsenter")}, "host programs", "fail", id="programs missing"),
        pytest.param({"filesystems": frozenset({"ext4"})}, "overlay file system", "fail", id="no overlay"),
        pytest.param({"routes": (Network("198.19.0.0/16", "tun0"),)}, "address range", "fail", id="range used by a tunnel"),
        pytest.param({"routes": (Network("198.0.0.0/8", "eth1"),)}, "address range", "fail", id="range inside a wider network"),
        pytest.param({"routes": None}, "address range", "warn", id="routes unknown"),
    ],
)
def test_machine(change: dict[str, Any], name: str, verdict: str) -> None:
    """Each lack of the host is found by the check of its name alone, with a fix."""
    spoiled = replace(MACHINE, **change)
    complaint = only_complaint([*machine.common(spoiled), *machine.local(spoiled)])

    assert (name, verdict, True) == (complaint.name, complaint.verdict.value, bool(complaint.fix))


@pytest.mark.parametrize(
    ("change", "verdict", "is_told"),
    [
        ({"disks": (Disk(("/a",), 16 * GIGABYTE),)}, "pass", False),
        ({"disks": (Disk(("/a",), 16 * GIGABYTE - 1),)}, "warn", True),
        ({"disks": (Disk(("/a",), 4 * GIGABYTE),)}, "warn", True),
        ({"disks": (Disk(("/a",), 4 * GIGABYTE - 1),)}, "fail", True),
        ({"memory": 4 * GIGABYTE}, "pass", False),
        ({"memory": 4 * GIGABYTE - 1}, "warn", True),
        ({"memory": 2 * GIGABYTE}, "warn", True),
        ({"memory": 2 * GIGABYTE - 1}, "fail", True),
        ({"python": (3, 11, 0)}, "pass", False),
        ({"python": (3, 10, 99)}, "fail", True),
        ({"python": (4, 0, 0)}, "pass", False),
    ],
)
def test_limits_of_a_machine(change: dict[str, Any], verdict: str, is_told: bool) -> None:
    """docs/cli.md: what is exactly enough passes, and what is needed is told where it lacks, and nowhere else."""
    name = {"disks": "disk", "memory": "memory", "python": "Python"}[next(iter(change))]
    (finding,) = [finding for finding in machine.common(replace(MACHINE, **change)) if finding.name == name]

    assert (verdict, is_told) == (finding.verdict.value, "needed: " in finding.found)


@pytest.mark.parametrize(("lacking", "bit"), [("CAP_NET_ADMIN", 12), ("CAP_SYS_ADMIN", 21)])
def test_capability_is_named(lacking: str, bit: int) -> None:
    """The capability that lacks is told by its name in linux/capability.h."""
    complaint = only_complaint(machine.local(replace(MACHINE, capabilities=MACHINE.capabilities & ~(1 << bit))))

    assert f"cannot be made without {lacking}" == complaint.found


def test_minikube_makes_up_for_the_local_cluster() -> None:
    """Where minikube would be used, a machine unfit for the local cluster is warned of and not failed."""
    findings = machine.local(replace(MACHINE, user=1000, system="Darwin", minikube="/usr/bin/minikube"))

    assert {Verdict.PASS, Verdict.WARN} == {finding.verdict for finding in findings}


@pytest.mark.parametrize(
    ("tool", "verdict", "found"),
    [
        pytest.param(TOOL, "pass", "1.37.1, cached, in /cache/tools/kubectl", id="ready"),
        pytest.param(
            Tool("helm", "4.3.1", "official download"), "pass", "not here yet; ./scripts/up gets 4.3.1: official download", id="to be got"
        ),
        pytest.param(Tool("helm", "4.3.1", None), "fail", "not here, and there is no way to get 4.3.1 on this machine", id="not to be had"),
    ],
)
def test_tool(tool: Tool, verdict: str, found: str) -> None:
    """A tool passes where it is ready or can be got, and its route is told; else it fails."""
    finding = judge_tool(tool)

    assert (verdict, found) == (finding.verdict.value, finding.found)


@pytest.mark.parametrize(
    ("change", "name", "verdict"),
    [
        pytest.param({"cli": "4.0.0"}, "engine and SDK", "fail", id="other major version"),
        pytest.param({"sdk": None}, "engine and SDK", "fail", id="no SDK"),
        pytest.param({"kubernetes_sdk": "4.30.0"}, "pulumi-kubernetes", "fail", id="SDK is not the pinned plugin's"),
        pytest.param({"kubernetes_sdk": None}, "pulumi-kubernetes", "fail", id="no Kubernetes SDK"),
        pytest.param({"plugin": None}, "kubernetes plugin", "warn", id="plugin not installed yet"),
    ],
)
def test_pulumi(change: dict[str, Any], name: str, verdict: str) -> None:
    """Engine, SDKs and plugin have to fit each other."""
    complaint = only_complaint(judge_pulumi(replace(PULUMI, **change)))

    assert (name, verdict, True) == (complaint.name, complaint.verdict.value, bool(complaint.fix))


@pytest.mark.parametrize("client", ["pip", "go", "apt"])
def test_registry_out_of_reach(client: str) -> None:
    """A registry that does not answer only warns, in its client's words."""
    finding = judge_registry(Registry("packages", client, error="connection timed out"))

    assert (Verdict.WARN, f"{client}: connection timed out", True) == (finding.verdict, finding.found, bool(finding.fix))


def test_registry_answers() -> None:
    """A registry that answers passes."""
    assert Verdict.PASS is judge_registry(REGISTRY).verdict


@pytest.mark.parametrize(
    ("change", "name", "verdict"),
    [
        pytest.param({"exists": False}, "context causeway", "warn", id="no cluster chosen yet"),
        pytest.param({"error": "connection refused"}, "context causeway", "fail", id="does not answer"),
        pytest.param({"ready_nodes": 0}, "context causeway", "fail", id="no node ready"),
        pytest.param({"server": "1.34.1"}, "Kubernetes version", "warn", id="server too old"),
        pytest.param({"server": "1.38.0-eks-1"}, "Kubernetes version", "warn", id="server too new"),
        pytest.param({"server": "2.36.0"}, "Kubernetes version", "warn", id="another major version"),
        pytest.param({"client": "1.40.0"}, "Kubernetes version", "warn", id="kubectl too new"),
        pytest.param({"default_storage": ()}, "StorageClass", "fail", id="no default class"),
        pytest.param({"default_storage": ("gp3",)}, "StorageClass", "warn", id="another default class"),
        pytest.param({"ingress_classes": ("alb",)}, "IngressClass", "fail", id="no class nginx"),
    ],
)
def test_cluster(change: dict[str, Any], name: str, verdict: str) -> None:
    """The cluster has to answer, to be of a near version, and to have the classes that the profile names."""
    complaint = only_complaint(judge_cluster(replace(CLUSTER, **change)))

    assert (name, verdict, True) == (complaint.name, complaint.verdict.value, bool(complaint.fix))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"server": None}, "the API server gave no version"),
        ({"ready_nodes": 1}, "answers, 1 node ready"),
        ({"ready_nodes": 2}, "answers, 2 nodes ready"),
        ({"ingress_classes": ()}, "none; expected: nginx"),
    ],
)
def test_words_about_a_cluster(change: dict[str, Any], words: str) -> None:
    """What the cluster has, or does not have, is told as it is."""
    assert words in [finding.found for finding in judge_cluster(replace(CLUSTER, **change))]


@pytest.mark.parametrize(("backend", "words"), [("file:///state", "file:///state"), (None, "the one you are logged in to")])
def test_backend_is_told(backend: str | None, words: str) -> None:
    """Where the state is kept is told, our own place or the user's."""
    (finding,) = [finding for finding in judge_state(replace(STATE, backend=backend)) if finding.name == "backend"]

    assert finding.found.startswith(words)


def holder(is_alive: bool | None) -> Holder:
    return Holder(Path("/l"), 9, "ann", "machine", None, is_alive)


@pytest.mark.parametrize(
    ("change", "name", "verdict"),
    [
        pytest.param({"files": {"/state/seed": None}}, "seed", "warn", id="seed not made yet"),
        pytest.param({"files": {"/state/passphrase": 0o644}}, "passphrase", "fail", id="passphrase readable by others"),
        pytest.param({"locks": (holder(True),)}, "stack lock", "warn", id="run under way"),
        pytest.param({"locks": (holder(False),)}, "stack lock", "fail", id="holder is gone"),
        pytest.param({"locks": (holder(None),)}, "stack lock", "warn", id="holder on another machine"),
        pytest.param({"lock_error": "/l: is no lock; remove it"}, "stack lock", "fail", id="no lock at all"),
    ],
)
def test_state(change: dict[str, Any], name: str, verdict: str) -> None:
    """Secret files are their owner's alone, and no dead run holds the stack."""
    complaint = only_complaint(judge_state(replace(STATE, **change)))

    assert (name, verdict, True) == (complaint.name, complaint.verdict.value, bool(complaint.fix))


@pytest.mark.parametrize(
    ("local", "verdict", "word"),
    [
        pytest.param(LOCAL, "pass", "etcd, kubelet", id="all run"),
        pytest.param(LocalCluster("other", made=False), "pass", "is not made", id="never made"),
        pytest.param(replace(LOCAL, supervisor=None), "fail", "does not run", id="supervisor is gone"),
        pytest.param(replace(LOCAL, daemons={"etcd": True, "kubelet": False}), "fail", "not running: kubelet", id="one program is gone"),
        pytest.param(replace(LOCAL, error="belongs to /elsewhere"), "fail", "belongs to /elsewhere", id="another checkout's"),
    ],
)
def test_local_cluster(local: LocalCluster, verdict: str, word: str) -> None:
    """The supervisor and every program of the local cluster have to run."""
    (finding,) = judge_local_cluster(local)

    assert (verdict, True) == (finding.verdict.value, word in finding.found)


@pytest.mark.parametrize("target", ["eks", "gke"])
def test_cloud_target(target: str) -> None:
    """A cloud target begins with its own checks, and needs nothing of the local cluster."""
    cloud = CloudFacts({}, {"credentials": Answer(error="not logged in")})
    checks = judge(replace(FACTS, target=target, machine=replace(MACHINE, user=1000, system="Darwin"), cloud=cloud))

    assert (target.upper(), Verdict.FAIL) == (checks[0].group, checks[0].finding.verdict)
    assert all(check.finding.verdict is Verdict.PASS for check in checks[1:])
