"""Vendors' own downloads, checked against the SHA-256 sums that the vendor publishes."""

import hashlib
import http.client
import io
import re
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from local.toolchain.pins import Official, Pin
from workspace import web
from workspace.home import Home
from workspace.progress import Problem

PROBE_SECONDS = 3.0
CHUNK = 1 << 20
UNREACHED = (OSError, ValueError, http.client.HTTPException)
"""Nobody there, a proxy whose address is none, and what is no HTTP."""


@cache
def answers(host: str) -> bool:
    """Whether `host` answers within three seconds, by way of the user's proxy if there is one; asked once a run."""
    request = urllib.request.Request(f"https://{host}/", method="HEAD")
    try:
        urllib.request.build_opener(web.Stay).open(request, timeout=PROBE_SECONDS).close()
    except urllib.error.HTTPError as error:
        error.close()
    except UNREACHED:
        return False
    return True


def reachable(source: Official) -> bool:
    """Whether the hosts of the archive and of its sums answer within three seconds."""
    return all(answers(urlsplit(url).hostname or "") for url in (source.archive, source.checksums))


def download(url: str, show: Callable[[str], None]) -> bytes:
    """The body of `url`; raises Problem naming the address when it cannot be had whole."""
    body = bytearray()
    try:
        with urllib.request.build_opener().open(url, timeout=30) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            while chunk := answer.read(CHUNK):
                body += chunk
                show(f"{len(body) / 1e6:.0f}" + (f" of {total / 1e6:.0f} MB" if total else " MB"))
    except UNREACHED as error:
        raise Problem(f"{url}: {error}") from error
    if total and len(body) != total:
        raise Problem(f"{url}: got {len(body)} of {total} bytes")
    return bytes(body)


def published_sum(checksums: str, file_name: str) -> str | None:
    """The SHA-256 for `file_name` in a sums file: either a bare sum or lines of `<sum>  <name>`."""
    if bare := re.fullmatch(r"\s*([0-9a-f]{64})\s*", checksums):
        return bare.group(1)
    for line in checksums.splitlines():
        match line.split():
            case [digest, name] if name.lstrip("*").endswith(file_name):
                return digest
    return None


def fetch(pin: Pin, target: Path, _: Home, show: Callable[[str], None]) -> None:
    """Put the programs of `pin` into `target`; raises Problem when a sum does not match or a member is missing."""
    source = pin.official
    assert source
    body = download(source.archive, show)
    expected = published_sum(download(source.checksums, show).decode(), source.archive.rsplit("/", 1)[1])
    actual = hashlib.sha256(body).hexdigest()
    if actual != expected:
        raise Problem(f"{source.archive}: SHA-256 is {actual}, the vendor publishes {expected}")
    if not source.members:
        _write(target / pin.name, body)
        return
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        for name, member in source.members.items():
            try:
                content = archive.extractfile(member)
            except KeyError as error:
                raise Problem(f"{source.archive}: holds no {member}") from error
            _write(target / name, content.read() if content else b"")


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o755)
