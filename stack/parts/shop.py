"""The sample shop: the four workload patterns at work."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from components import Shop
from components.shop import DATABASE_SECRET, DATABASES, SECRET_CLASSES, database_secret, delegable
from stack import values as forms
from stack.part import Delivery, Kept, Part
from stack.section import Section

if TYPE_CHECKING:
    from stack.composition import Stack
    from stack.settings import Settings

NAME = NAMESPACE = "shop"


class ShopSettings(Section):
    """The sample shop; what is unset is the Shop component's default."""

    replicas: forms.PodCount | None = None
    storage_size: forms.Quantity | None = None
    report_schedule: forms.Cron | None = None
    time_zone: forms.TimeZone | None = None


def is_on(_: "Settings") -> bool:
    """Always."""
    return True


def make(stack: "Stack") -> None:
    """The shop without what Argo CD owns; hands on the Shop."""
    inside = stack.namespace(NAMESPACE)
    stores, monitoring = stack.handed["secrets"], stack.handed.get("monitoring")
    database = stores.make("secrets", NAMESPACE, database_secret(NAMESPACE, stores.rotations), inside)
    inputs: Any = {
        "namespace": NAMESPACE,
        "shop_image": stack.images["shop"],
        "postgres_image": stack.images["postgres"],
        **stack.settings.of(ShopSettings).model_dump(),
        "secrets_version": database.versions.apply(lambda versions: versions[DATABASE_SECRET]),
        "delegated": sorted(delivered(stack)) if stack.settings.has("gitops") else [],
        "platform": {**stack.platform.workload, **(monitoring.watching if monitoring else {})},
        **stack.owner,
    }
    needed = pulumi.ResourceOptions(depends_on=[database, *([monitoring.crds] if monitoring else [])])
    made = stack.handed[NAME] = Shop("shop", inputs, pulumi.ResourceOptions.merge(inside, needed))
    stack.show(urls=made.url.apply(lambda url: {"shop": url} if url else {}), workloads=made.workloads, secretRefs=database.refs)


def delivered(stack: "Stack") -> Mapping[str, Mapping[str, Any]]:
    """The workloads that hold no data."""
    return delegable(NAMESPACE, stack.images["shop"])


PART = Part(
    name=NAME,
    settings=ShopSettings,
    description="The sample shop: replicas, storageSize, reportSchedule, timeZone; what is unset is the component's default.",
    is_on=is_on,
    make=make,
    needs=["secrets", "monitoring"],
    kept=Kept(classes=SECRET_CLASSES, databases=DATABASES),
    delivery=Delivery(
        workloads=delivered,
        moved={
            "replicas": "replicas in gitops/apps/web",
            "report_schedule": "schedule in gitops/apps/report",
            "time_zone": "causeway gitops init",
        },
        door="shop/web",
        secret=DATABASE_SECRET,
    ),
)
