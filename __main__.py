"""The program: settings -> platform -> components -> outputs."""

import pulumi

import platforms
from components import MonitoringStack, RestrictedNamespace, SecretsStore, Shop
from components.monitoring import grafana_secret
from components.shop import database_secret
from stack import delivery, ladder, settings

SHOP, MONITORING = "shop", "monitoring"


def main() -> None:
    """Make the platform of the stack's settings."""
    wanted = ladder.checked(settings.load())
    platform = platforms.load(wanted)
    images = {name: platform.image(reference) for name, reference in settings.pinned_images().items()}
    on_platform = pulumi.ResourceOptions(provider=platform.provider, depends_on=list(platform.ready))
    owner = {"team": wanted.team, "environment": wanted.environment.value}

    def closed(name: str) -> pulumi.ResourceOptions:
        """A namespace, and options for what is in it: it takes its objects with it, so a destroy need not delete each."""
        made = RestrictedNamespace(name, {**owner}, on_platform)
        return pulumi.ResourceOptions(provider=platform.provider, depends_on=[made], deleted_with=made.object)

    stores = ladder.Stores(wanted, platform)

    def monitored() -> tuple[MonitoringStack, SecretsStore]:
        inside = closed(MONITORING)
        grafana = stores.make("monitoring-secrets", MONITORING, grafana_secret(), inside)
        inputs = {
            "charts": settings.pinned_charts(),
            "sink_image": images["alert-sink"],
            **wanted.monitoring.model_dump(include={"scrape_interval", "evaluation_interval", "values"}),
            "secrets_version": grafana.versions.apply(lambda versions: versions["grafana-admin"]),
            "platform": platform.monitoring,
            "workload_platform": platform.workload,
            **owner,
        }
        inside.depends_on = [grafana]
        return MonitoringStack("monitoring", inputs, inside), grafana

    monitoring, grafana = monitored() if wanted.has_monitoring else (None, None)
    planned = delivery.plan(wanted, SHOP, images)
    on_platform.depends_on = [*platform.ready, *delivery.keepers(planned, images, owner, on_platform)]
    in_shop = closed(SHOP)
    database = stores.make("secrets", SHOP, database_secret(SHOP, stores.rotations), in_shop)
    shop = Shop(
        "shop",
        {
            "namespace": SHOP,
            "shop_image": images["shop"],
            "postgres_image": images["postgres"],
            **wanted.shop.model_dump(),
            "secrets_version": database.versions.apply(lambda versions: versions["shop-database"]),
            "delegated": list(planned.delegated),
            "platform": {**platform.workload, **(monitoring.watching if monitoring else {})},
            **owner,
        },
        pulumi.ResourceOptions.merge(in_shop, pulumi.ResourceOptions(depends_on=[database, *([monitoring.crds] if monitoring else [])])),
    )
    delivered = delivery.make(planned, wanted, platform, images, closed, stores.make, database, shop)
    if monitoring:
        stores.tell(monitoring, MONITORING)
    shown = [shop.url.apply(lambda url: {"shop": url} if url else {}), delivered.urls, *([monitoring.urls] if monitoring else [])]
    pulumi.export("urls", delivery.merged(shown))
    pulumi.export("workloads", shop.workloads)
    pulumi.export("secretRefs", delivery.merged([database.refs, delivered.refs, *([grafana.refs] if grafana else [])]))


try:
    main()
except pulumi.InputPropertiesError as refused:
    # A refused input is the user's to mend: its own lines, and no traceback.
    raise pulumi.RunError(refused.message) from None
