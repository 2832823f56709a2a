"""The scripts by which a rotation admits a user of the real database, sees who still uses the old one, and ends it."""

import os
import subprocess
from contextlib import closing

import psycopg

from components.shop.credentials import admit, end, sessions, verifier
from tests.services.shop.server import Server


def run(server: Server, script: str) -> str:
    """What a script prints that runs where the server does, as in its pod."""
    environment = os.environ | {"PATH": f"{server.programs}:{os.environ['PATH']}", "PGHOST": "127.0.0.1", "PGPORT": str(server.port)}
    return subprocess.run(["sh", "-s"], input=script, env=environment, capture_output=True, text=True, check=True).stdout


def test_who_holds_the_old_user_is_named(server: Server) -> None:
    """4.09: a rotation that waits says for whom; ended, the old user's sessions are over, and the new one may do what the owner may."""
    url = server.create_database("shop")
    run(server, admit(2, verifier("any", bytes(16))))
    run(server, admit(3, verifier("any", bytes(16))))
    assert "" == run(server, sessions(2))

    with closing(psycopg.connect(url, user="shop_2", application_name="shop-web")):
        assert "1 of shop-web\n" == run(server, sessions(2))
        run(server, end(2))
        assert "" == run(server, sessions(2))
    with psycopg.connect(url, user="shop_3") as new:
        assert ("shop",) == new.execute("SELECT current_user").fetchone()
    assert "does not exist" in refusal(url)


def refusal(url: str) -> str:
    """Why the database does not let the old user in."""
    try:
        psycopg.connect(url, user="shop_2").close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""
