"""The images' programs, run for real without a container engine (issue 3: real parts)."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import debian
from local.images.recipe import recipes
from tests.local.images.conftest import Contain
from tests.local.images.sandbox import Container
from tests.waiting import eventually

pytestmark = [pytest.mark.live, pytest.mark.skipif(os.geteuid() != 0, reason="needs root for namespaces")]

PASSWORD = "never-show-this"


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """An empty volume as the local-path provisioner makes it."""
    path = tmp_path / "volume"
    path.mkdir()
    path.chmod(0o777)
    return path


@pytest.fixture
def own_volume(volume: Path) -> Path:
    """A volume that is PGDATA itself and therefore belongs to the server's uid."""
    os.chown(volume, 999, 999)
    return volume


@pytest.fixture
def postgres(contain: Contain, volume: Path) -> Container:
    return contain(
        "postgres",
        volume,
        PGDATA="/var/lib/postgresql/data/pgdata",
        POSTGRES_USER="shop",
        POSTGRES_DB="shop",
        POSTGRES_PASSWORD=PASSWORD,
    )


def is_ready(postgres: Container) -> bool:
    return postgres.run("pg_isready", "--host=127.0.0.1", "--quiet").returncode == 0


def psql(postgres: Container, statement: str) -> str:
    command = ("psql", "--host=127.0.0.1", "--username=shop", "--no-align", "--tuples-only", "--command", statement, "shop")
    answer = postgres.run(*command, extra=[f"PGPASSWORD={PASSWORD}"])
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_postgres_initialises_and_listens_everywhere(postgres: Container) -> None:
    """An empty volume becomes a database with the named user, password and database, on every address, by scram."""
    postgres.start()
    eventually(lambda: is_ready(postgres))

    assert "shop|shop" == psql(postgres, "SELECT current_user, current_database()")
    assert "*" == psql(postgres, "SHOW listen_addresses")
    assert "t" == psql(postgres, "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'shop'")
    assert "scram-sha-256" == psql(postgres, "SELECT auth_method FROM pg_hba_file_rules WHERE address = 'all'")
    assert PASSWORD not in postgres.log.read_text()


def test_postgres_keeps_its_data_over_stop_and_crash(postgres: Container) -> None:
    """The stop signal ends the server smoothly with 0; after SIGKILL it recovers; the data is there each time."""
    postgres.start()
    eventually(lambda: is_ready(postgres))
    psql(postgres, "CREATE TABLE kept AS SELECT 1 AS value")
    postgres.signal(signal.SIGINT)
    assert 0 == postgres.wait()
    postgres.start()
    eventually(lambda: is_ready(postgres))
    psql(postgres, "INSERT INTO kept VALUES (2)")
    postgres.signal(signal.SIGKILL)
    postgres.wait()

    postgres.start()
    eventually(lambda: is_ready(postgres))

    assert "3" == psql(postgres, "SELECT sum(value) FROM kept")


@pytest.mark.parametrize(
    "moment", [".initialising", ".initialising/PG_VERSION", ".initialising/postmaster.pid", ".initialising/.complete", "PG_VERSION"]
)
def test_a_killed_initialisation_is_repeated(postgres: Container, volume: Path, moment: str) -> None:
    """Whenever the first start is killed, the next one ends with a whole database."""
    data = volume / "pgdata"
    postgres.start()
    eventually(lambda: (data / moment).exists() or (data / "postmaster.pid").exists())
    postgres.signal(signal.SIGKILL)
    postgres.wait()

    postgres.start()
    eventually(lambda: is_ready(postgres))

    assert "shop" == psql(postgres, "SELECT current_database()")
    assert not (data / ".initialising").exists()


def test_a_half_moved_database_is_moved_whole(postgres: Container, volume: Path) -> None:
    """A kill while the new database's files move up is mended by moving the rest."""
    postgres.start()
    eventually(lambda: is_ready(postgres))
    psql(postgres, "CREATE TABLE kept AS SELECT 1 AS value")
    postgres.signal(signal.SIGINT)
    postgres.wait()
    new = volume / "pgdata" / ".initialising"
    new.mkdir()
    os.chown(new, 999, 999)
    (new / ".complete").touch()
    for name in ("PG_VERSION", "global", "pg_wal", "postgresql.conf"):
        (volume / "pgdata" / name).rename(new / name)

    postgres.start()
    eventually(lambda: is_ready(postgres))

    assert "1" == psql(postgres, "SELECT value FROM kept")


def test_a_volume_opened_by_fs_group_is_closed_again(postgres: Container, volume: Path) -> None:
    """A data directory made group-writable by fsGroup starts all the same."""
    postgres.start()
    eventually(lambda: is_ready(postgres))
    postgres.signal(signal.SIGINT)
    postgres.wait()
    (volume / "pgdata").chmod(0o2770)

    postgres.start()

    eventually(lambda: is_ready(postgres))
    assert 0o700 == (volume / "pgdata").stat().st_mode & 0o7777


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "POSTGRES_PASSWORD is not set"),
        ({"POSTGRES_PASSWORD": "a", "POSTGRES_PASSWORD_FILE": "/etc/passwd"}, "POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set"),
        ({"POSTGRES_PASSWORD_FILE": "/nowhere"}, "POSTGRES_PASSWORD_FILE: /nowhere cannot be read"),
    ],
)
def test_postgres_refuses_wrong_settings(contain: Contain, own_volume: Path, environment: dict[str, str], reason: str) -> None:
    """A first start without a usable password ends with 1 and one line."""
    container = contain("postgres", own_volume, **environment).start()

    assert 1 == container.wait()
    assert f"entrypoint: {reason}" in container.log.read_text().splitlines()[-1]


def test_postgres_trusts_everyone_when_told(contain: Contain, own_volume: Path) -> None:
    """POSTGRES_HOST_AUTH_METHOD=trust needs no password, sets none, and arguments alone start the server."""
    container = contain("postgres", own_volume, POSTGRES_HOST_AUTH_METHOD="trust").start("-c", "work_mem=5MB")
    eventually(lambda: is_ready(container))
    query = "SELECT current_setting('work_mem'), rolpassword IS NULL FROM pg_authid WHERE rolname = current_user"
    answer = container.run("psql", "--username=postgres", "--no-align", "--tuples-only", "--command", query)

    assert "5MB|t" == answer.stdout.strip()


def test_postgres_says_whose_the_volume_is(postgres: Container, volume: Path) -> None:
    """A data directory of another uid is refused with both uids in the line."""
    (volume / "pgdata").mkdir()
    os.chown(volume / "pgdata", 1234, 1234)

    assert 1 == postgres.start().wait()
    assert "belongs to uid 1234, the server runs as 999" in postgres.log.read_text()


def test_postgres_reads_files_and_runs_scripts(roots: Callable[[str], Any], own_volume: Path, tmp_path: Path) -> None:
    """POSTGRES_*_FILE, POSTGRES_INITDB_ARGS and /docker-entrypoint-initdb.d work as in the official image."""
    original, config = roots("postgres")
    root = tmp_path / "root"
    shutil.copytree(original, root, symlinks=True)
    (root / "etc/secret").write_text(PASSWORD)
    scripts = root / "docker-entrypoint-initdb.d"
    (scripts / "1.sql").write_text("CREATE TABLE made AS SELECT 7 AS value;")
    (scripts / "2.sh").write_text("psql --username=$POSTGRES_USER --dbname='x y' --command='UPDATE made SET value = value + 1'")
    settings = {"POSTGRES_PASSWORD_FILE": "/etc/secret", "POSTGRES_INITDB_ARGS": "--data-checksums --encoding=UTF8", "POSTGRES_DB": "x y"}
    container = Container(root, config, tmp_path / "log", own_volume, **settings)
    try:
        container.start()
        eventually(lambda: is_ready(container))
        query = "SELECT value, current_setting('data_checksums') FROM made"
        answer = container.run("psql", "--username=postgres", "--no-align", "--tuples-only", "--command", query, "x y")
    finally:
        container.remove()

    assert "8|on" == answer.stdout.strip()


def fetch(container: Container, path: str, *options: str) -> Any:
    """The JSON at `path` of the shop's web process, or None where it does not answer 2xx."""
    answer = container.run("wget", "-q", "-O", "-", *options, f"http://127.0.0.1:8080{path}")
    return json.loads(answer.stdout) if answer.returncode == 0 else None


def test_the_shop_image_runs_the_whole_story(contain: Contain, postgres: Container) -> None:
    """Web, worker and report of the shop's image process an order in the postgres image's database, roots read-only."""
    postgres.start()
    eventually(lambda: is_ready(postgres))
    url = {"DATABASE_URL": f"postgresql://shop:{PASSWORD}@127.0.0.1:5432/shop"}
    web = contain("shop", **url).start("web", beside=postgres)
    eventually(lambda: fetch(web, "/readyz"))
    worker = contain("shop", **url).start("worker", beside=postgres)
    order = '{"item": "book", "quantity": 2}'
    placed = fetch(web, "/orders", "--header", "Content-Type: application/json", "--post-data", order)

    eventually(lambda: fetch(web, f"/orders/{placed['id']}")["status"] == "processed")
    report = contain("shop", **url).start("report", beside=postgres)

    assert 0 == report.wait()
    assert {"book": 2} == fetch(web, "/reports/latest")["units"]
    assert 0 == worker.run("shop", "healthcheck").returncode
    worker.signal(signal.SIGTERM)
    assert 0 == worker.wait()


@pytest.mark.parametrize("name", ["postgres", "shop"])
def test_programs_find_their_libraries(roots: Callable[[str], Any], name: str) -> None:
    """No program or library in an image misses a shared library."""
    root = roots(name)[0]
    missing = []
    for file in [path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and is_dynamic(path)]:
        command = ["chroot", root, "/lib64/ld-linux-x86-64.so.2", "--list", f"/{file.relative_to(root)}"]
        answer = subprocess.run(command, check=False, capture_output=True, text=True)
        missing += [f"{file}: {line.strip()}" for line in answer.stdout.splitlines() if "not found" in line]

    assert [] == missing


def is_dynamic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF" and (".so" in path.name or "bin/" in str(path)) and path.name != "busybox"


def test_excluded_packages_are_in_the_closure() -> None:
    """Every `exclude` names a package that would come otherwise, so that the lists cannot rot."""
    layers = {layer.name: layer for recipe in recipes() for layer in recipe.layers if layer.exclude}
    stale = set()
    for layer in layers.values():
        closure = {package.name for package in debian.closure(layer.packages, lambda _: None)}
        stale |= {f"{layer.name}: {name}" for name in layer.exclude if name not in closure}

    assert set() == stale


@pytest.mark.parametrize(
    ("name", "command", "expected"),
    [
        ("toolbox", ("sh", "-c", "mkdir -m 777 -p /tmp/a/b && rm -rf /tmp/a && id -u"), "0"),
        ("kubernetes", ("coredns", "-version"), "CoreDNS-"),
        ("local-path-provisioner", ("--version",), "local-path-provisioner version"),
        ("traefik", ("version",), "Version:      3.7.15"),
    ],
)
def test_a_tool_image_runs(contain: Contain, name: str, command: tuple[str, ...], expected: str) -> None:
    """Each tool's program runs on a read-only root as the image's user."""
    container = contain(name).start(*command)

    assert 0 == container.wait()
    assert expected in container.log.read_text()


def test_pause_reaps_orphans_and_sleeps_until_it_is_told(contain: Contain) -> None:
    """The pause image's program runs as process 1, takes up the pod's orphans until SIGTERM, and ends with 0.

    The first orphan that is gone says that the program listens: a signal before that is lost, as on any process 1.
    """
    pause = contain("pause").start()
    eventually(lambda: Path(f"/proc/{pause.first}/comm").read_text() == "pause\n")
    eventually(lambda: takes_up_an_orphan(pause.first))

    pause.signal(signal.SIGTERM)

    assert 0 == pause.wait()


def takes_up_an_orphan(first: int) -> bool:
    """Whether process 1 ends up without children after one whose parent ended before it."""
    subprocess.run(["nsenter", f"--target={first}", "--pid", "sh", "-c", "sleep 0.1 &"], check=True)
    assert children(first)
    time.sleep(0.3)
    return not children(first)


def children(process: int) -> str:
    return "".join(path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children"))
