"""The web process while the database is away, and while it stops itself."""

import signal
import threading
import time
from collections.abc import Callable

import psycopg

from tests.services.shop.conftest import Start
from tests.services.shop.process import Answer, Client, Process
from tests.services.shop.server import Server, free_port
from tests.waiting import eventually

StartWeb = Callable[..., tuple[Process, Client]]


def test_an_outage_is_a_quick_503_and_passes(start_web: StartWeb, server: Server) -> None:
    """Without its database the shop answers 503 with Retry-After in seconds, stays alive, and serves again after it."""
    _, client = start_web()
    before = client.place().body["id"]
    server.stop("immediate")
    try:
        began = time.monotonic()
        refused = client.place()
        took = time.monotonic() - began
        alive, ready = client.status("/healthz"), client.status("/readyz")
    finally:
        server.start()

    assert (503, "2", "the database cannot be reached") == (refused.status, refused.headers["retry-after"], refused.body["error"])
    assert took < 10
    assert (200, 503) == (alive, ready)
    assert 201 == eventually(lambda: client.place().status == 201 and 201)
    assert 200 == client.status(f"/orders/{before}")


def test_a_request_waits_for_a_short_restart(start_web: StartWeb, server: Server) -> None:
    """A request that meets a restarting database is answered by the retry, not by an error."""
    _, client = start_web()
    client.place()
    server.stop("fast")
    answers: list[Answer] = []
    request = threading.Thread(target=lambda: answers.append(client.place()))
    request.start()
    server.start()
    request.join()

    assert [201] == [answer.status for answer in answers]


def test_the_web_starts_before_its_database(start: Start, database: str) -> None:
    """A shop whose database is not there yet is alive and not ready, instead of crashing."""
    client = Client(free_port())
    nowhere = database.replace(database.split(":")[3].split("/")[0], str(free_port()))
    start("web", LISTEN=f"127.0.0.1:{client.port}", DATABASE_URL=nowhere)

    eventually(lambda: client.status("/healthz") == 200)

    assert 503 == client.status("/readyz")


def test_stopping_drains_before_it_closes(start_web: StartWeb) -> None:
    """After SIGTERM readiness is 503 while requests are still served; then the process ends with 0."""
    process, client = start_web(DRAIN_SECONDS="0.5")

    process.signal(signal.SIGTERM)
    eventually(lambda: client.status("/readyz") == 503)

    assert 201 == client.place().status
    assert 0 == process.wait()


def test_a_request_in_flight_is_finished(start_web: StartWeb, database: str) -> None:
    """A request that the server has begun is answered although SIGTERM came in between."""
    process, client = start_web(DRAIN_SECONDS="0")
    answers: list[Answer] = []
    with psycopg.connect(database) as connection:
        connection.execute("LOCK TABLE orders")
        request = threading.Thread(target=lambda: answers.append(client.place()))
        request.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        eventually(lambda: (connection.execute(waiting).fetchone() or (0,))[0])
        process.signal(signal.SIGTERM)
        eventually(lambda: client.status("/healthz") == 0)
    request.join()

    assert [201] == [answer.status for answer in answers]
    assert 0 == process.wait()


def test_the_log_is_json_and_has_no_password(start_web: StartWeb, server: Server) -> None:
    """Every log record is one JSON line, and the database URL stands in none, outage included."""
    process, client = start_web(LOG_LEVEL="debug")
    client.place()
    server.stop("immediate")
    client.status("/readyz")
    server.start()

    assert {"web"} == {record["process"] for record in process.records()}
    assert "never-show-this" not in process.log.read_text()


def test_a_taken_address_ends_the_process(start: Start, server: Server) -> None:
    """A port in use ends the web process with a failure and a record that says so."""
    process = start("web", LISTEN=f"127.0.0.1:{server.port}")

    assert 0 != process.wait()
    assert any("address already in use" in record["event"] for record in process.records())
