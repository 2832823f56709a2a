"""The host: what any target needs of it, and what the local cluster needs besides."""

import ipaddress
import re

from cli.doctor.facts import Machine, Network
from cli.doctor.finding import Finding, Verdict, failed, graded, passed, warned
from local.cluster.layout import BLOCK

GIGABYTE = 10**9
LEAST_PYTHON = (3, 11)

LEAST_DISK, ENOUGH_DISK = 4 * GIGABYTE, 16 * GIGABYTE
"""Bytes. A cold start was measured (Debian 12, 2026-11-24, `du`) to write 16.0 GB: 5.5 in Go's build cache and 4.2 in its module cache,
2.9 in the cache of tools and images, 2.5 below the local cluster, 0.9 in the checkout. With tools and images cached the last two are
written anew, so below 4 GB even a warm start fails."""

LEAST_MEMORY, ENOUGH_MEMORY = 2 * GIGABYTE, 4 * GIGABYTE
"""Bytes available. Control plane and node are held to 1.3 GiB, the shop's pods and a run of the engine take the rest."""

ENOUGH_PROCESSORS = 2

CONTROLLERS = ("cpu", "cpuset", "memory", "pids")
"""What the kubelet limits pods by."""

NET_ADMIN, SYS_ADMIN = 12, 21
"""Bits of CapEff, from linux/capability.h."""

OUR_DEVICE = re.compile(r"causeway\d")
PACKAGES = {"ip": "iproute2", "sysctl": "procps", "mount": "mount", "nsenter": "util-linux", "unshare": "util-linux"}
"""The programs that the local cluster runs on the host, and the Debian packages that have them."""

OR_MINIKUBE = "or install minikube: ./scripts/up then uses it"


def common(machine: Machine) -> list[Finding]:
    """What every target needs."""
    return [_python(machine), _disk(machine), _memory(machine), _processors(machine)]


def local(machine: Machine) -> list[Finding]:
    """What the local cluster needs; where minikube is installed and would be used, a lack is only a warning."""
    checks = (_system, _root, _cgroups, _namespaces, _programs, _overlay, _addresses)
    return [_softened(check(machine), machine.minikube) for check in checks]


def _softened(finding: Finding, minikube: str | None) -> Finding:
    if finding.verdict is not Verdict.FAIL or not minikube:
        return finding
    return warned(finding.name, f"{finding.found} (not needed with {minikube})", finding.fix)


def _python(machine: Machine) -> Finding:
    version = ".".join(map(str, machine.python))
    if machine.python[:2] < LEAST_PYTHON:
        return failed("Python", f"{version}; needed: 3.11 or newer", "apt-get install python3.11 python3.11-venv")
    if not machine.has_venv:
        return failed("Python", f"{version} without venv", "apt-get install python3-venv")
    return passed("Python", f"{version}, with venv")


def _disk(machine: Machine) -> Finding:
    least = min(machine.disks, key=lambda disk: disk.free)
    found = "; ".join(f"{_size(disk.free)} free for {', '.join(disk.paths)}" for disk in machine.disks)
    needed = f"{found}; needed: 4 GB, and 16 GB for a first start" if least.free < ENOUGH_DISK else found
    return graded("disk", least.free, LEAST_DISK, ENOUGH_DISK, needed, "go clean -cache, or move the caches: export CAUSEWAY_CACHE=DIR")


def _memory(machine: Machine) -> Finding:
    found = f"{_size(machine.memory)} available"
    needed = f"{found}; needed: 2 GB, better 4 GB" if machine.memory < ENOUGH_MEMORY else found
    return graded(
        "memory", machine.memory, LEAST_MEMORY, ENOUGH_MEMORY, needed, "ps -eo rss,args --sort=-rss | head, and end what you can spare"
    )


def _processors(machine: Machine) -> Finding:
    if machine.processors < ENOUGH_PROCESSORS:
        return warned(
            "processors", f"{machine.processors}; all works, and builds take twice as long", "give the machine a second processor"
        )
    return passed("processors", str(machine.processors))


def _system(machine: Machine) -> Finding:
    found = f"{machine.system} on {machine.architecture}"
    if machine.system != "Linux" or machine.architecture not in ("x86_64", "amd64"):
        return failed("system", f"{found}; the local cluster needs Linux on x86_64", OR_MINIKUBE.removeprefix("or "))
    return passed("system", found)


def _root(machine: Machine) -> Finding:
    if machine.user != 0:
        return failed("root", f"user {machine.user}; the local cluster needs root", f"sudo -E ./scripts/up, {OR_MINIKUBE}")
    return passed("root", "running as root")


def _cgroups(machine: Machine) -> Finding:
    missing = [name for name in CONTROLLERS if name not in machine.controllers]
    if missing:
        found = f"version {machine.cgroup}; cannot write: {', '.join(missing)}"
        return failed("cgroups", found, f"run as root (in a container: privileged), {OR_MINIKUBE}")
    return passed("cgroups", f"version {machine.cgroup}, {', '.join(CONTROLLERS)} can be written")


def _namespaces(machine: Machine) -> Finding:
    needed = {"CAP_NET_ADMIN": NET_ADMIN, "CAP_SYS_ADMIN": SYS_ADMIN}
    lacking = [name for name, bit in needed.items() if not machine.capabilities >> bit & 1]
    if not machine.has_namespaces:
        return failed("network namespaces", "this kernel has none (/proc/self/ns/net is missing)", OR_MINIKUBE.removeprefix("or "))
    if lacking:
        found = f"cannot be made without {' and '.join(lacking)}"
        return failed("network namespaces", found, f"run as root (in a container: privileged), {OR_MINIKUBE}")
    return passed("network namespaces", "can be made")


def _programs(machine: Machine) -> Finding:
    if machine.missing:
        packages = sorted({PACKAGES[name] for name in machine.missing})
        return failed("host programs", f"missing: {', '.join(machine.missing)}", f"apt-get install {' '.join(packages)}")
    return passed("host programs", ", ".join(PACKAGES))


def _overlay(machine: Machine) -> Finding:
    if "overlay" not in machine.filesystems:
        return failed("overlay file system", "the kernel does not offer it", "modprobe overlay")
    return passed("overlay file system", "offered by the kernel")


def _addresses(machine: Machine) -> Finding:
    name = "address range"
    if machine.routes is None:
        return warned(name, f"the routes could not be read, {BLOCK} may be in use", "apt-get install iproute2")
    foreign = [route for route in machine.routes if _clashes(route)]
    if foreign:
        listed = ", ".join(f"{route.destination} through {route.device}" for route in foreign)
        return failed(name, f"{BLOCK} is in use by {listed}", f"ip route delete {foreign[0].destination}, {OR_MINIKUBE}")
    return passed(name, f"{BLOCK} is free for the local cluster")


def _clashes(route: Network) -> bool:
    """Whether a route reaches into our range and is not ours; the default route reaches everywhere and does not count."""
    if route.destination == "default" or OUR_DEVICE.fullmatch(route.device):
        return False
    return ipaddress.ip_network(route.destination, strict=False).overlaps(BLOCK)


def _size(size: int) -> str:
    return f"{size / GIGABYTE:.1f} GB"
