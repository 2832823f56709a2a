"""What an image reference and a command line tell about a program: data, and the questions asked of it."""

from collections.abc import Sequence

# Repository names (the last part of a reference) of programs that keep data on disk and must be found by name.
DATABASES = frozenset(
    """
    arangodb cassandra clickhouse clickhouse-server cockroach couchbase couchdb dgraph edgedb elasticsearch etcd influxdb
    mariadb minio mongo mongodb mssql mysql neo4j opensearch percona percona-server-mongodb postgis postgres postgresql
    questdb redis redis-stack redis-stack-server scylla solr surrealdb timescaledb timescaledb-ha tidb valkey victoria-metrics
    """.split()
)
BROKERS = frozenset(
    """
    activemq activemq-artemis activemq-classic artemis cp-kafka eventstore hivemq kafka kafka-native nats nsq pulsar rabbitmq
    redpanda zookeeper
    """.split()
)
# Programs out of database images that connect, do one thing and end.
CLIENT_PROGRAMS = frozenset(
    """
    clickhouse-client cqlsh createdb dropdb etcdctl influx kafka-topics.sh mariadb-dump mc mongodump mongoexport mongoimport
    mongorestore mongosh mysql mysqladmin mysqldump nats pg_basebackup pg_dump pg_dumpall pg_restore psql rabbitmqadmin
    redis-cli vacuumdb valkey-cli
    """.split()
)
# Programs, images and words of a command line that say that a process ends by itself.
FINITE_PROGRAMS = CLIENT_PROGRAMS | frozenset(
    """
    alembic aws cp curl date echo env false flyway gcloud kubectl liquibase migrate printf restic rsync sleep tar terraform
    true wget
    """.split()
)
FINITE_IMAGES = frozenset("aws-cli curl flyway hello-world kubectl liquibase migrate restic".split())
FINITE_WORDS = frozenset("--exit --once --one-shot --oneshot --run-once backup cleanup db:migrate migrate restore".split())
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


def floats(image: str) -> bool:
    """Whether the same reference may mean another image tomorrow."""
    return "@sha256:" not in image and (not tag(image) or tag(image).lower() in FLOATING_TAGS)


def is_client(command: Sequence[str]) -> bool:
    """Whether a command line runs one of the tools that come with a database, not the database."""
    return bool(command) and _program(command[0]) in CLIENT_PROGRAMS


def ends(image: str, command: Sequence[str], arguments: Sequence[str]) -> str | None:
    """What shows that the process ends by itself, None where nothing does."""
    line = [*command, *arguments]
    if command and _program(command[0]) in FINITE_PROGRAMS:
        return command[0]
    word = next((word for word in line if word in FINITE_WORDS), None)
    return word or (image if not command and repository(image) in FINITE_IMAGES else None)


def _program(path: str) -> str:
    return path.rpartition("/")[2]
