"""Runs an image's program as a container would: own mount, pid and network namespaces, read-only root, the image's uid."""

import json
import os
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.images import Image
from tests.waiting import PATIENCE, eventually

ENTER = """
set -eu
root=$1; shift
mount --bind "$root" "$root"
mkdir -p "$root/proc" "$root/dev" "$root/tmp" "$root/run"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$root/run"
mkdir -m 1777 "$root/run/postgresql"
if [ -n "$VOLUME" ]; then mount --bind "$VOLUME" "$root/var/lib/postgresql/data"; fi
mount -o remount,ro,bind "$root"
ip link set lo up
exec "$@"
"""


def unpack(image: Image, root: Path) -> dict[str, Any]:
    """Lay the image's layers over each other in `root`; hands back its configuration."""
    with tarfile.open(image.tar) as archive:
        manifest = json.load(_member(archive, "manifest.json"))[0]
        for name in manifest["Layers"]:
            with tarfile.open(fileobj=_member(archive, name)) as layer:
                layer.extractall(root, filter="fully_trusted")
        config: dict[str, Any] = json.load(_member(archive, manifest["Config"]))["config"]
    return config


def _member(archive: tarfile.TarFile, name: str) -> Any:
    member = archive.extractfile(name)
    assert member, name
    return member


class Container:
    """One process under the image's configuration, as process 1 of its namespaces."""

    def __init__(self, root: Path, config: dict[str, Any], log: Path, volume: Path | None = None, **environment: str) -> None:
        self.root, self.log, self._config = root, log, config
        self.environment = [*config["Env"], *(f"{name}={value}" for name, value in environment.items())]
        self._volume = str(volume or "")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str, beside: "Container | None" = None) -> "Container":
        """Start the entrypoint with `arguments`, by default the image's command; `beside` another one, as in one pod."""
        command = [*self._config.get("Entrypoint", []), *(arguments or self._config.get("Cmd", []))]
        user = self._config["User"] or "0:0"
        network = ["nsenter", f"--net=/proc/{beside.first}/ns/net", "unshare"] if beside else ["unshare", "--net"]
        with self.log.open("a") as output:
            self._process = subprocess.Popen(
                [*network, "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh", self.root,
                 _program("env"), "-i", *self.environment, _program("setpriv"), "--no-new-privs",
                 _program("chroot"), f"--userspec={user}", "--groups=", self.root, *command],
                env=os.environ | {"VOLUME": self._volume},
                stdout=output,
                stderr=output,
            )  # fmt: skip
        return self

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.first, number)

    def wait(self, seconds: float = PATIENCE) -> int:
        assert self._process
        return self._process.wait(seconds)

    def run(self, *command: str, extra: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run a program beside process 1, as `kubectl exec` does."""
        first = str(self.first)
        enter = ["nsenter", "--target", first, "--mount", "--pid", "--net", f"--root=/proc/{first}/root", f"--wd=/proc/{first}/root"]
        program = ["/usr/bin/env", "-i", *self.environment, *extra, *command]
        return subprocess.run([*enter, *program], check=False, capture_output=True, text=True, timeout=PATIENCE)

    @property
    def first(self) -> int:
        """The host's process id of process 1."""
        return int(eventually(self._children)[0])

    def remove(self) -> None:
        """End process 1, and with it all in its namespace; it outlives `unshare`, since it changed its user."""
        if self._process and self._process.poll() is None:
            for child in self._children():
                os.kill(child, signal.SIGKILL)
            self._process.kill()
            self._process.wait()

    def _children(self) -> list[int]:
        assert self._process
        return [int(child) for child in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()]


def _program(name: str) -> str:
    found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
    assert found, name
    return found
