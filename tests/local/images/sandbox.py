"""Runs an image's program as a container would: own mount, pid and network namespaces, read-only root, the image's uid."""

import json
import os
import signal
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.images import Image

ENTER = """
set -eu
root=$1 user=$2; shift 2
mount --bind "$root" "$root"
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$root/run"
mkdir -m 1777 "$root/run/postgresql"
if [ -n "$VOLUME" ]; then mount --bind "$VOLUME" "$root/var/lib/postgresql/data"; fi
mount -o remount,ro,bind "$root"
ip link set lo up
exec setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
    unshare --root "$root" /usr/bin/env -i "$@"
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

    def start(self, *arguments: str, user: int | None = None) -> "Container":
        """Start the entrypoint with `arguments`, by default the image's command."""
        command = [*self._config.get("Entrypoint", []), *(arguments or self._config.get("Cmd", []))]
        uid = str(user if user is not None else int((self._config["User"] or "0").split(":")[0]))
        with self.log.open("a") as output:
            self._process = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", ENTER, "sh", str(self.root), uid,
                 *self.environment, *command],
                env=os.environ | {"VOLUME": self._volume},
                stdout=output,
                stderr=output,
            )  # fmt: skip
        return self

    def signal(self, number: signal.Signals) -> None:
        os.kill(self._first(), number)

    def wait(self, seconds: float = 20) -> int:
        return self._process.wait(seconds)

    def run(self, *command: str, extra: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run a program beside process 1, as `kubectl exec` does."""
        first = str(self._first())
        enter = ["nsenter", "--target", first, "--mount", "--pid", "--net", f"--root=/proc/{first}/root", f"--wd=/proc/{first}/root"]
        program = ["/usr/bin/env", "-i", *self.environment, *extra, *command]
        return subprocess.run([*enter, *program], check=False, capture_output=True, text=True, timeout=20)

    def _first(self) -> int:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return int(children[0])

    def remove(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
