import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.services.shop.process import SOURCE, Client, Process
from tests.services.shop.server import Server, free_port
from tests.waiting import eventually

sys.path.insert(0, str(SOURCE))

NUMBERS = count()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the database is a test of real programs."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.process)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def database(server: Server) -> str:
    """The URL of an empty database."""
    return server.create_database(f"test{next(NUMBERS)}")


Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path, database: str) -> Iterator[Start]:
    """Start `shop <arguments>` on the test's database; all are gone after the test."""
    processes: list[Process] = []

    def run(*arguments: str, **environment: str) -> Process:
        log = tmp_path / f"{len(processes)}.log"
        settings = {
            "DATABASE_URL": database,
            "METRICS_LISTEN": f"127.0.0.1:{free_port()}",
            "HEARTBEAT_FILE": str(tmp_path / "heartbeat"),
        }
        processes.append(Process(log, *arguments, **(settings | environment)))
        return processes[-1]

    yield run
    for process in processes:
        process.remove()


@pytest.fixture(scope="module")
def web(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A web process for tests that do not disturb it."""
    port = free_port()
    log = tmp_path_factory.mktemp("web") / "log"
    url = server.create_database(f"web{next(NUMBERS)}")
    process = Process(log, "web", DATABASE_URL=url, LISTEN=f"127.0.0.1:{port}")
    client = Client(port)
    eventually(lambda: client.status("/readyz") == 200)
    yield client
    process.remove()


@pytest.fixture
def start_web(start: Start) -> Callable[..., tuple[Process, Client]]:
    """Start a web process of the test's own and wait until it is ready."""

    def run(**environment: str) -> tuple[Process, Client]:
        client = Client(free_port())
        process = start("web", LISTEN=f"127.0.0.1:{client.port}", **environment)
        eventually(lambda: client.status("/readyz") == 200)
        return process, client

    return run
