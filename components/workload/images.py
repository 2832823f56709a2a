"""What an image reference and a command line tell about a program: data, and the questions asked of it."""

import re
from collections.abc import Sequence

# Repository names (the last part of a reference) of programs that keep data on disk and must be found by name.
DATABASES = frozenset(
    """
    arangodb cassandra chroma clickhouse clickhouse-server cockroach couchbase couchdb dgraph edgedb elasticsearch etcd influxdb
    keydb mariadb milvus minio mongo mongodb mongodb-community-server mongodb-enterprise-server mssql mysql mysql-server neo4j
    opensearch percona percona-server-mongodb pgvector postgis postgres postgresql qdrant questdb redis redis-stack
    redis-stack-server scylla solr surrealdb timescaledb timescaledb-ha tidb valkey victoria-metrics weaviate
    """.split()
)
BROKERS = frozenset(
    """
    activemq activemq-artemis activemq-classic artemis cp-kafka eclipse-mosquitto emqx eventstore hivemq kafka kafka-native nats
    nsq pulsar rabbitmq redpanda zookeeper
    """.split()
)
# Programs out of database images that connect, do one thing and end.
CLIENT_PROGRAMS = frozenset(
    """
    clickhouse-client cqlsh createdb dropdb etcdctl influx kafka-topics.sh mariadb-dump mc mongodump mongoexport mongoimport
    mongorestore mongosh mysql mysqladmin mysqldump nats pg_basebackup pg_dump pg_dumpall pg_isready pg_restore psql rabbitmqadmin
    redis-cli vacuumdb valkey-cli
    """.split()
)
# Programs, images and words of a command line that say that a process ends by itself.
FINITE_PROGRAMS = CLIENT_PROGRAMS | frozenset(
    """
    alembic aws cp curl date echo false flyway gcloud kubectl liquibase migrate printf restic rsync sleep tar terraform
    true wget
    """.split()
)
FINITE_IMAGES = frozenset("aws-cli curl flyway hello-world kubectl liquibase migrate restic".split())
FINITE_WORDS = frozenset("--exit --once --one-shot --oneshot --run-once backup cleanup db:migrate migrate restore".split())
_SHELLS = frozenset("ash bash dash sh".split())
_SCRIPT_OPTION = re.compile(r"-[a-z]*c")
_SIMPLE_COMMAND = re.compile(r"[^;&|`$(){}\n]+")
"""A shell script that is one command: nothing in it could go on after its first word."""
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?/)?{_COMPONENT}(?:/{_COMPONENT})*(?::\w[\w.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?",
    re.ASCII,
)
FLOATING_TAGS = frozenset("canary current dev develop edge head latest lts main master nightly rolling snapshot stable unstable".split())


def repository(image: str) -> str:
    """The last part of a reference, without tag and digest: `postgres` of `docker.io/library/postgres:15.20`."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()


def tag(image: str) -> str:
    """The tag of a reference, empty where it has none."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def keeps_data(image: str) -> bool:
    """Whether the image is a known database or broker."""
    parts = set(image.partition("@")[0].partition(":")[0].lower().split("/")[-2:]) if "mssql/" in image else {repository(image)}
    return bool(parts & (DATABASES | BROKERS))


def is_reference(image: str) -> bool:
    """Whether a container runtime can read the reference: no scheme, no space, lower case, a whole digest."""
    return bool(_REFERENCE.fullmatch(image))


def floats(image: str) -> bool:
    """Whether the same reference may mean another image tomorrow; `latest-alpine` does, `main-3f2a91c` does not."""
    first, _, rest = tag(image).lower().partition("-")
    moves = first in FLOATING_TAGS and not any(letter.isdigit() for letter in rest)
    return "@sha256:" not in image and (not first or moves)


def is_client(command: Sequence[str]) -> bool:
    """Whether a command line runs one of the tools that come with a database, not the database."""
    return bool(command) and _program(command[0]) in CLIENT_PROGRAMS


def ends(image: str, command: Sequence[str], arguments: Sequence[str]) -> str | None:
    """What shows that the process ends by itself, None where nothing does."""
    line = [*command, *arguments]
    program = command[0] if command else ""
    if _program(program) in _SHELLS and len(line) > 2 and _SCRIPT_OPTION.fullmatch(line[1]):
        program = _only_command(line[2])
    if _program(program) in FINITE_PROGRAMS:
        return program
    # What follows an option is its value: `--queue cleanup` names a queue.
    after = zip(["", *line], line, strict=False)
    word = next((word for before, word in after if word in FINITE_WORDS and (word[0] == "-" or before[:1] != "-")), None)
    return word or (image if not command and repository(image) in FINITE_IMAGES else None)


def _only_command(script: str) -> str:
    """The program of a shell script that is one simple command, empty for any other."""
    words = script.removeprefix("exec ").split()
    return words[0] if words and _SIMPLE_COMMAND.fullmatch(script) else ""


def _program(path: str) -> str:
    return path.rpartition("/")[2]
