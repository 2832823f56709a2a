"""Shop: deploys services/shop, the sample that runs on all four patterns."""

from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from .. import _kit
from .._inputs import resolve
from ..workload import WorkloadPattern, WorkloadPlatformArgs
from ..workload.render import KINDS
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
    """Size that a new volume of the database gets; one that is there keeps its own. Default the platform's."""
    report_schedule: NotRequired[str]
    """When the daily report is written, as CronJob takes it: five cron fields, `@daily`. Default `0 6 * * *`."""
    time_zone: NotRequired[str]
    """Zone that the schedule is read in. Default `Etc/UTC`."""
    secrets_version: NotRequired[pulumi.Input[str]]
    """Changes when the database's credential does; rolls its consumers."""
    team: NotRequired[str]
    """Team that owns the shop. Default `shop`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""
    delegated: NotRequired[list[str]]
    """Workloads that something else applies, such as Argo CD. Default none."""
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
        "delegated": [],
        "platform": {},
    }
)


class Shop(pulumi.ComponentResource):
    """A web API, its database, a worker and a daily report."""

    TOKEN = "causeway:index:Shop"

    url: pulumi.Output[str | None]
    """Base URL of the web API; none where it is delegated."""
    workloads: pulumi.Output[dict[str, dict[str, str]]]
    """Workload name to kind, namespace and pattern."""

    def __init__(self, name: str, args: ShopArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("shop", name, ShopArgs, args, DEFAULTS)
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        options = _kit.child_options(self, opts, [])
        wanted = workloads(inputs)
        parts = {part: WorkloadPattern(part, given, options) for part, given in wanted.items() if part not in inputs["delegated"]}
        self.url = parts["web"].url if "web" in parts else pulumi.Output.from_input(None)
        self.workloads = pulumi.Output.from_input(
            {
                part: {"kind": KINDS[given["pattern"]], "namespace": given.get("namespace", ""), "pattern": given["pattern"].value}
                for part, given in wanted.items()
            }
        )
        self.register_outputs({"url": self.url, "workloads": self.workloads})
