"""What can be wrong with a machine: each is one clear line, exit code 1, and a repeat that works once it is mended."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cluster import cgroups, layout
from tests.live.platform import Platform, checkout
from workspace.home import Home

pytestmark = pytest.mark.live

TOOLS = ("pulumi", "kubectl", "helm", "kubernetes", "local-path-provisioner", "container-runtime")
READS_ALL = "+dac_read_search,+dac_override"
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", f"--inh-caps={READS_ALL}", f"--ambient-caps={READS_ALL}")
"""Another user than root, who may read every file: the interpreter may be in root's own folder."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Platform]:
    """A checkout of its own, where a test is free to break things."""
    made = checkout(tmp_path, f"fault{os.getpid()}")
    made.go_bare()
    yield made
    made.script("down")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that etcd alone would fill by a quarter: it reserves 64 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def errors(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("error:")]


def run(platform: Platform, *before: str, cluster: str = "local", **variables: str) -> "subprocess.CompletedProcess[str]":
    """`scripts/up` with `before` in front of it and `variables` in its environment."""
    options = ["--simulate"] if cluster == "simulated" else ["--cluster", cluster]
    command = [*before, str(platform.root / "scripts" / "up"), *options]
    return subprocess.run(command, env=platform.environment | variables, capture_output=True, text=True, timeout=300)


def test_no_port_of_the_host_is_used(platform: Platform) -> None:
    """Port in use: no program of the cluster is in the host's network, so none can meet a port that is taken there."""
    home = Home(platform.home, Path(), platform.cluster)
    host = os.readlink("/proc/self/ns/net")
    processes = cgroups.processes(layout.locate(home))

    networks = {process: network_of(process) for process in processes}

    assert len(networks) > 8
    assert not [process for process, network in networks.items() if network == host]


def network_of(process: int) -> str | None:
    try:
        return os.readlink(f"/proc/{process}/ns/net")
    except OSError:
        return None


def test_full_disk_is_one_line_and_passes(own: Platform, small_disk: Path) -> None:
    """Disk full: `up` says so in one line; when there is room again, a repeat works as if nothing had been."""
    home = {"CAUSEWAY_HOME": str(small_disk / "home")}
    filler = small_disk / "filler"
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=1M"], capture_output=True)

    full = run(own, cluster="simulated", **home)
    filler.unlink()
    roomy = run(own, cluster="simulated", **home)
    subprocess.run([own.root / "scripts" / "down"], env=own.environment | home, check=True)

    assert (1, 0) == (full.returncode, roomy.returncode), full.stderr + roomy.stderr
    assert len(errors(full.stderr)) == 1, full.stderr
    assert "the disk is full" in full.stderr
    assert "Traceback" not in full.stderr


def test_without_root_the_line_says_what_to_do(own: Platform) -> None:
    """Not root: one line that names three ways on, and nothing is made."""
    answer = run(own, *NOBODY, HOME="/nonexistent")

    assert answer.returncode == 1
    assert errors(answer.stderr) == [
        "error: the local cluster needs root: run as root (sudo -E ./scripts/up), install minikube, or use --simulate"
    ]
    assert not own.home.exists()


@pytest.mark.parametrize("tool", TOOLS)
def test_without_network_each_tool_says_what_it_tried(tmp_path: Path, tool: str) -> None:
    """No network, empty caches: one line that names the tool and each way that failed; nothing half done stays."""
    script = (
        "from workspace.home import Home; from workspace.progress import Progress, guarded; from local.toolchain import ensure\n"
        "progress = Progress()\n"
        f"with guarded(progress.console, './scripts/up'): ensure(['{tool}'], Home.load(), progress)"
    )
    variables = empty_caches(tmp_path)
    without = ":".join(folder for folder in os.environ["PATH"].split(":") if not has_any(Path(folder), TOOLS))
    environment = os.environ | variables | {"PATH": without, "PIP_NO_CACHE_DIR": "1"}
    command = ["/usr/bin/unshare", "--net", str(Path(__file__).parents[2] / ".venv" / "bin" / "python"), "-c", script]
    answer = subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, timeout=120)

    assert answer.returncode == 1
    assert len(errors(answer.stderr)) == 1, answer.stderr
    assert f"error: {tool} " in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not list((tmp_path / "cache" / "tools").glob("*"))


def empty_caches(folder: Path) -> dict[str, str]:
    """Where nothing is found, whatever the user's own settings say."""
    names = ("GOPATH", "GOMODCACHE", "GOCACHE")
    return {"CAUSEWAY_CACHE": str(folder / "cache"), **{name: str(folder / name.lower()) for name in names}}


def has_any(folder: Path, names: tuple[str, ...]) -> bool:
    return any((folder / name).exists() for name in names)


def test_without_network_up_stops_at_the_first_tool(own: Platform, tmp_path: Path) -> None:
    """No network: `scripts/up` with empty caches ends in one line, before it makes a cluster."""
    answer = run(own, "unshare", "--net", **empty_caches(tmp_path))

    assert answer.returncode == 1
    assert len(errors(answer.stderr)) == 1, answer.stderr
    assert not Path("/run/causeway", own.cluster).exists()
