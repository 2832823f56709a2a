"""Two valid credentials of the database at once: scripts for its pod that admit a new user, end an old one, and prove it. Pure.

Every version has a user of its own that acts as the owner. Passwords reach the server as verifiers, so no statement that a
server might log holds one; scripts go in by standard input, so no list of processes does.
"""

import base64
import hashlib
import hmac

from .workloads import database_user

ITERATIONS = 4096
"""PostgreSQL's own number for SCRAM-SHA-256."""
ACCEPTED, REFUSED = "accepted", "refused"


def verifier(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """What PostgreSQL keeps of a password (RFC 5803): enough to check one, not to have it."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client = hashlib.sha256(hmac.digest(salted, b"Client Key", hashlib.sha256)).digest()
    server = hmac.digest(salted, b"Server Key", hashlib.sha256)
    text = [base64.b64encode(part).decode() for part in (salt, client, server)]
    return f"SCRAM-SHA-256${iterations}:{text[0]}${text[1]}:{text[2]}"


def admit(version: int, proof: str) -> str:
    """Have the user of `version`, who acts as the database's owner, with the password behind the verifier `proof`."""
    user = database_user(version)
    return _as_owner(
        version,
        f"""
DO $do$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') THEN CREATE ROLE {user}; END IF;
END $do$;
ALTER ROLE {user} LOGIN PASSWORD '{proof}';
SELECT format('GRANT %I TO {user}', :'owner') WHERE :'owner' <> '{user}' \\gexec
SELECT format('ALTER ROLE {user} SET role TO %I', :'owner') WHERE :'owner' <> '{user}' \\gexec
""",
    )


def sessions(version: int) -> str:
    """Print how many sessions over the network the user of `version` has, a line for each program; nothing where it has none."""
    program = "coalesce(nullif(application_name, ''), 'a program without a name')"
    return _as_owner(
        version + 1,
        f"""
SELECT count(*) || ' of ' || {program} FROM pg_stat_activity
WHERE usename = '{database_user(version)}' AND client_addr IS NOT NULL GROUP BY application_name ORDER BY application_name;
""",
    )


def end(version: int) -> str:
    """End the user of `version`: no password opens it any more, and its sessions over the network are over.

    The owner itself stays, for it owns the tables; it can be used inside the pod alone.
    """
    user = database_user(version)
    return _as_owner(
        version + 1,
        f"""
SELECT 'ALTER ROLE {user} PASSWORD NULL' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') \\gexec
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{user}' AND client_addr IS NOT NULL;
SELECT 'DROP ROLE {user}' WHERE :'owner' <> '{user}' AND EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') \\gexec
""",
    )


def try_password(version: int, password: str) -> str:
    """Print whether the server takes `password` from the user of `version` over the network."""
    login = f'psql --host="$(hostname -i)" --username={database_user(version)} --dbname=shop --no-password --command="SELECT 1"'
    return f"if PGPASSWORD='{password}' {login} >/dev/null 2>&1; then echo {ACCEPTED}; else echo {REFUSED}; fi\n"


def _as_owner(version: int, sql: str) -> str:
    """A script that runs `sql` as the owner, whom any user that is there can name; inside the pod nobody is asked for a password."""
    users = " ".join(database_user(number) for number in range(version, 0, -1))
    return f"""set -eu
owner=
ask() {{ psql --dbname=shop --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"; }}
for user in {users}; do
  owner=$(ask --username="$user" --command="SELECT rolname FROM pg_roles WHERE oid = 10" 2>/dev/null) && break
done
ask --username="$owner" --set=owner="$owner" <<'SQL'
{sql.strip()}
SQL
"""
