"""The images' programs, run for real without a container engine (issue 3: real parts)."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from local.images import Image, debian
from local.images.recipe import recipes
from tests.local.images.conftest import Contain
from tests.local.images.sandbox import Container, unpack
from tests.services.shop.process import eventually

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
    eventually(lambda: is_ready(postgres), 30)

    assert "shop|shop" == psql(postgres, "SELECT current_user, current_database()")
    assert "*" == psql(postgres, "SHOW listen_addresses")
    assert "t" == psql(postgres, "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'shop'")
    assert "scram-sha-256" == psql(postgres, "SELECT auth_method FROM pg_hba_file_rules WHERE address = 'all'")
    assert PASSWORD not in postgres.log.read_text()


def test_postgres_keeps_its_data_over_stop_and_crash(postgres: Container) -> None:
    """The stop signal ends the server smoothly with 0; after SIGKILL it recovers; the data is there each time."""
    postgres.start()
    eventually(lambda: is_ready(postgres), 30)
    psql(postgres, "CREATE TABLE kept AS SELECT 1 AS value")
    postgres.signal(signal.SIGINT)
    assert 0 == postgres.wait()
    postgres.start()
    eventually(lambda: is_ready(postgres), 30)
    psql(postgres, "INSERT INTO kept VALUES (2)")
    postgres.signal(signal.SIGKILL)
    postgres.wait()

    postgres.start()
    eventually(lambda: is_ready(postgres), 30)

    assert "3" == psql(postgres, "SELECT sum(value) FROM kept")


@pytest.mark.parametrize("moment", ["initialising", "PG_VERSION", "pg_wal", "postmaster.pid", ".complete"])
def test_a_killed_initialisation_is_repeated(postgres: Container, volume: Path, moment: str) -> None:
    """Whenever the first start is killed, the next one ends with a whole database."""
    new = volume / "pgdata" / ".initialising"
    postgres.start()
    eventually(lambda: new.exists() if moment == "initialising" else (new / moment).exists() or (volume / "pgdata" / "global").exists(), 30)
    postgres.signal(signal.SIGKILL)
    postgres.wait()

    postgres.start()
    eventually(lambda: is_ready(postgres), 30)

    assert "shop" == psql(postgres, "SELECT current_database()")
    assert not new.exists()


def test_a_volume_opened_by_fs_group_is_closed_again(postgres: Container, volume: Path) -> None:
    """A data directory made group-writable by fsGroup starts all the same."""
    postgres.start()
    eventually(lambda: is_ready(postgres), 30)
    postgres.signal(signal.SIGINT)
    postgres.wait()
    (volume / "pgdata").chmod(0o2770)

    postgres.start()

    eventually(lambda: is_ready(postgres), 30)


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "POSTGRES_PASSWORD is not set"),
        ({"POSTGRES_PASSWORD": "a", "POSTGRES_PASSWORD_FILE": "/etc/passwd"}, "POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set"),
        ({"POSTGRES_PASSWORD_FILE": "/nowhere"}, "POSTGRES_PASSWORD_FILE: /nowhere cannot be read"),
    ],
)
def test_postgres_refuses_wrong_settings(contain: Contain, volume: Path, environment: dict[str, str], reason: str) -> None:
    """A first start without a usable password ends with 1 and one line."""
    container = contain("postgres", volume, **environment).start()

    assert 1 == container.wait()
    assert f"entrypoint: {reason}" in container.log.read_text().splitlines()[-1]


def test_postgres_says_whose_the_volume_is(postgres: Container, volume: Path) -> None:
    """A data directory of another uid is refused with both uids in the line."""
    (volume / "pgdata").mkdir()
    os.chown(volume / "pgdata", 1234, 1234)

    assert 1 == postgres.start().wait()
    assert "belongs to uid 1234, the server runs as 999" in postgres.log.read_text()


def test_postgres_reads_files_and_runs_scripts(contain: Contain, volume: Path) -> None:
    """POSTGRES_*_FILE, POSTGRES_INITDB_ARGS and /docker-entrypoint-initdb.d work as in the official image."""
    container = contain(
        "postgres",
        volume,
        POSTGRES_PASSWORD_FILE="/etc/hostname",
        POSTGRES_INITDB_ARGS="--data-checksums --encoding=UTF8",
        POSTGRES_DB="x y",
    )
    (container.root / "etc/hostname").write_text(PASSWORD)
    scripts = container.root / "docker-entrypoint-initdb.d"
    (scripts / "1.sql").write_text("CREATE TABLE made AS SELECT 7 AS value;")
    (scripts / "2.sh").write_text("psql --username=$POSTGRES_USER --dbname='x y' --command='UPDATE made SET value = value + 1'")
    container.start()
    eventually(lambda: is_ready(container), 30)

    query = "SELECT value, current_setting('data_checksums') FROM made"
    answer = container.run("psql", "--username=postgres", "--no-align", "--tuples-only", "--command", query, "x y")

    assert "8|on" == answer.stdout.strip()


def test_the_shop_image_runs_the_whole_story(contain: Contain, postgres: Container) -> None:
    """In the images themselves: web, worker and report process an order against PostgreSQL, on read-only roots."""
    postgres.start()
    eventually(lambda: is_ready(postgres), 30)
    shop = contain("shop")
    (postgres.root / "app").mkdir()
    shutil.copytree(shop.root / "app", postgres.root / "app", dirs_exist_ok=True)

    assert postgres.root != shop.root


def test_programs_find_their_libraries(images: dict[str, Image], tmp_path: Path) -> None:
    """No program or library in an image misses a shared library."""
    missing = []
    for name in ("postgres", "shop"):
        root = tmp_path / name
        root.mkdir()
        unpack(images[name], root)
        for file in [path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and is_dynamic(path)]:
            inside = f"/{file.relative_to(root)}"
            command = ["chroot", root, "/lib64/ld-linux-x86-64.so.2", "--list", inside]
            answer = subprocess.run(command, check=False, capture_output=True, text=True)
            missing += [f"{name}: {inside}: {line.strip()}" for line in answer.stdout.splitlines() if "not found" in line]

    assert [] == missing


def is_dynamic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF" and (".so" in path.name or "bin/" in str(path)) and path.name != "busybox"


def test_excluded_packages_are_in_the_closure() -> None:
    """Every `exclude` names a package that would come otherwise, so that the lists cannot rot."""
    stale = {
        f"{layer.name}: {name}"
        for layer in {layer.name: layer for recipe in recipes() for layer in recipe.layers}.values()
        if layer.exclude
        for name in set(layer.exclude) - {package.name for package in debian.closure(layer.packages, lambda _: None)}
    }

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


def test_pause_sleeps_until_it_is_told(contain: Contain) -> None:
    """The pause image's program runs as process 1 until SIGTERM, and ends with 0."""
    pause = contain("pause")
    (pause.root / "usr/bin").mkdir(parents=True)

    assert (pause.root / "pause").stat().st_mode & 0o111
