"""The worker's metrics: what it did, and the backlog as the database knows it at the moment of the scrape."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import structlog
from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shop.settings import Address, SettingsError

BACKLOG = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(placed_at)), 0)::float FROM orders WHERE status = 'placed'
"""

logger = structlog.get_logger("shop.metrics")


@dataclass(frozen=True)
class Metrics:
    """What the worker counts itself."""

    processed: Counter
    wait: Histogram


class Backlog(Collector):
    """Asks the database at each scrape, so that the figures are true while a long order is worked on.

    Every worker reports the same backlog: take the maximum over workers, not the sum.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("shop_database_up", "Whether the worker reaches the database.")

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                size, age = connection.execute(BACKLOG).fetchone() or (0, 0.0)
        except psycopg.Error as error:
            logger.warning("backlog unknown", reason=type(error).__name__)
            yield GaugeMetricFamily("shop_database_up", "Whether the worker reaches the database.", value=0)
            return
        yield GaugeMetricFamily("shop_database_up", "Whether the worker reaches the database.", value=1)
        yield GaugeMetricFamily("shop_backlog_orders", "Orders placed and not processed.", value=size)
        yield GaugeMetricFamily("shop_backlog_oldest_age_seconds", "Age of the oldest of them, 0 if there is none.", value=age)


def serve(listen: Address, conninfo: str) -> Metrics:
    """Offer the metrics over HTTP from a thread; raises SettingsError when the address cannot be had."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    registry.register(Backlog(conninfo))
    metrics = Metrics(
        processed=Counter("shop_orders_processed", "Orders processed by this worker.", registry=registry),
        wait=Histogram(
            "shop_order_wait_seconds",
            "Time from placing an order to its processing.",
            buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
            registry=registry,
        ),
    )
    try:
        start_http_server(listen.port, listen.host, registry)
    except OSError as error:
        raise SettingsError(f"METRICS_LISTEN: cannot listen on {listen.host}:{listen.port}: {error.strerror}") from None
    return metrics
