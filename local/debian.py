"""Debian packages: apt resolves and downloads, dpkg-deb unpacks; nothing is installed on the host."""

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from workspace import web
from workspace.progress import Problem

APT = ("-o", "APT::Install-Recommends=false", "-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=true")
USR_MERGE = ("bin", "sbin", "lib", "lib64")
"""Folders that are links into /usr since Debian 12; packages still carry files below the old names."""


@dataclass(frozen=True)
class Package:
    """One package file as apt's signed index describes it."""

    name: str
    version: str
    file: str
    size: int
    sha256: str


def closure(names: Iterable[str], show: Callable[[str], None]) -> list[Package]:
    """The named packages with all that they depend on, on an empty system; refreshes apt's lists if they are missing."""
    if not shutil.which("apt-get"):
        raise Problem("apt-get is not here: the local cluster is made from Debian packages (use --cluster minikube elsewhere)")
    show("resolving packages")
    command = ("apt-get", "-qq", "-y", "-o", "Dir::State::status=/dev/null", *APT, "--print-uris", "install", *names)
    try:
        answer = _run(*command)
    except Problem:
        refresh(show)
        answer = _run(*command)
    files = re.findall(r"^'[^']+' (\S+) \d+", answer, re.MULTILINE)
    return _described(files)


def refresh(show: Callable[[str], None]) -> None:
    """Fetch apt's lists anew; a source of the host's own that cannot be reached is no reason to stop."""
    show("refreshing the package lists")
    try:
        _run("apt-get", "-qq", "update")
    except Problem as problem:
        show(str(problem))


def _described(files: list[str]) -> list[Package]:
    """What the index says about each package file, `name_version_architecture.deb`."""
    wanted = {}
    for file in files:
        name, version, _ = file.split("_")
        wanted[name, unquote(version)] = file
    stanzas = _run("apt-cache", "show", *(f"{name}={version}" for name, version in wanted)).split("\n\n")
    found = {}
    for stanza in stanzas:
        entry = dict(re.findall(r"^(Package|Version|Size|SHA256): (.+)$", stanza, re.MULTILINE))
        if (key := (entry.get("Package", ""), entry.get("Version", ""))) in wanted:
            found[key] = Package(*key, wanted[key], int(entry["Size"]), entry["SHA256"])
    if missing := wanted.keys() - found.keys():
        raise Problem(f"apt knows no checksum of {', '.join(sorted(name for name, _ in missing))}: run apt-get update")
    return [found[key] for key in sorted(found)]


def download(packages: list[Package], folder: Path, show: Callable[[str], None]) -> None:
    """Have every package in `folder` with the index's checksum; what is missing, cut short or damaged is fetched again."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [package for package in packages if not _is_whole(folder / package.file, package)]
    if not missing:
        return
    total = sum(package.size for package in missing)
    command = ["apt-get", "-qq", *APT, "download", *(f"{package.name}={package.version}" for package in missing)]
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | web.variables(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        while process.poll() is None:
            done = sum((folder / item.file).stat().st_size for item in missing if (folder / item.file).exists())
            show(f"{len(missing)} packages, {done / 1e6:.0f} of {total / 1e6:.0f} MB")
            time.sleep(0.2)
        messages = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise Problem(f"apt-get download failed: {_last_line(messages)}")
    for package in missing:
        if not _is_whole(folder / package.file, package):
            raise Problem(f"{package.file}: the download does not have the checksum of apt's index")


def _is_whole(file: Path, package: Package) -> bool:
    if not file.exists():
        return False
    if file.stat().st_size == package.size:
        with file.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() == package.sha256:
                return True
    file.unlink()
    return False


def unpack(file: Path, tree: Path) -> None:
    """Unpack one package below `tree`, with the folders of a merged /usr; no maintainer script runs."""
    for folder in USR_MERGE:
        (tree / "usr" / folder).mkdir(parents=True, exist_ok=True)
        if not (tree / folder).is_symlink():
            (tree / folder).symlink_to(f"usr/{folder}")
    extract = ["tar", "--extract", "--keep-directory-symlink", "--no-same-owner", "--directory", str(tree)]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE) as archive:
        answer = subprocess.run(extract, check=False, stdin=archive.stdout, capture_output=True, text=True)
    if archive.returncode or answer.returncode:
        raise Problem(f"{file.name} cannot be unpacked: {_last_line(answer.stderr)}")


def _run(*command: str) -> str:
    answer = subprocess.run(command, env=os.environ | web.variables(), check=False, capture_output=True, text=True)
    if answer.returncode:
        said = _last_line(answer.stderr)
        raise Problem(f"{command[0]} failed: {said}")
    return answer.stdout


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
