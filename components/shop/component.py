"""Shop: deploys services/shop, the sample that runs on all four patterns."""

from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from .. import _kit
from .._inputs import resolve
from ..workload import WorkloadPattern, WorkloadPlatformArgs
from .workloads import workloads


class ShopArgs(TypedDict):
    """Inputs of Shop."""

    namespace: str
    """Namespace of all four workloads."""
    shop_image: str
    """Image of web, worker and report."""
    postgres_image: str
    """Image of the database."""
    replicas: NotRequired[int]
    """Number of web pods. Default 2."""
    storage_size: NotRequired[str]
    """Size of the database's volume. Default the platform's."""
    report_schedule: NotRequired[str]
    """When the daily report is written, five cron fields. Default `0 6 * * *`."""
    time_zone: NotRequired[str]
    """Zone that the schedule is read in. Default `Etc/UTC`."""
    secrets_version: NotRequired[pulumi.Input[str]]
    """Changes when the database's credential does; rolls its consumers."""
    team: NotRequired[str]
    """Team that owns the shop. Default `shop`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""
    platform: NotRequired[WorkloadPlatformArgs]
    """What the target decides."""


DEFAULTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "replicas": 2,
        "report_schedule": "0 6 * * *",
        "time_zone": "Etc/UTC",
        "secrets_version": "1",
        "team": "shop",
        "environment": "development",
        "platform": {},
    }
)


class Shop(pulumi.ComponentResource):
    """A web API, its database, a worker and a daily report."""

    TOKEN = "causeway:index:Shop"

    url: pulumi.Output[str | None]
    """Base URL of the web API."""
    workloads: pulumi.Output[dict[str, dict[str, str]]]
    """Workload name to kind, namespace and pattern."""

    def __init__(self, name: str, args: ShopArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("shop", name, ShopArgs, args, DEFAULTS)
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        options = _kit.child_options(self, opts, [])
        parts = {part: WorkloadPattern(part, wanted, options) for part, wanted in workloads(inputs).items()}
        self.url = parts["web"].url
        self.workloads = pulumi.Output.all(
            **{part: pulumi.Output.all(kind=made.kind, namespace=made.namespace, pattern=made.pattern) for part, made in parts.items()}
        )
        self.register_outputs({"url": self.url, "workloads": self.workloads})
