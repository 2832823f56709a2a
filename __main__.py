"""The program: settings -> platform -> components -> outputs."""

import pulumi

import platforms
import settings
from components import RestrictedNamespace, SecretsStore, Shop
from components.shop import database_secret

NAMESPACE = "shop"


def main() -> None:
    """Make the platform of the stack's settings."""
    wanted = settings.load()
    platform = platforms.load(wanted)
    images = settings.pinned_images()
    on_platform = pulumi.ResourceOptions(provider=platform.provider, depends_on=list(platform.ready))
    owner = {"team": wanted.team, "environment": wanted.environment.value}

    namespace = RestrictedNamespace(NAMESPACE, {**owner}, on_platform)
    # The namespace takes its objects with it, so a destroy need not delete each of them.
    inside = pulumi.ResourceOptions(provider=platform.provider, depends_on=[namespace], deleted_with=namespace.object)
    secrets = SecretsStore(
        "secrets",
        {"namespace": NAMESPACE, "secrets": database_secret(NAMESPACE), "seed": settings.seed(wanted), **owner},
        inside,
    )
    shop = Shop(
        "shop",
        {
            "namespace": NAMESPACE,
            "shop_image": platform.image(images["shop"]),
            "postgres_image": platform.image(images["postgres"]),
            "replicas": wanted.shop.replicas,
            "storage_size": wanted.shop.storage_size,
            "report_schedule": wanted.shop.report_schedule,
            "time_zone": wanted.shop.time_zone,
            "secrets_version": secrets.versions.apply(lambda versions: versions["shop-database"]),
            "platform": platform.workload,
            **owner,
        },
        pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[secrets])),
    )
    pulumi.export("urls", {"shop": shop.url})
    pulumi.export("workloads", shop.workloads)
    pulumi.export("secretRefs", secrets.refs)


try:
    main()
except pulumi.InputPropertiesError as refused:
    # A refused input is the user's to mend: its own lines, and no traceback.
    raise pulumi.RunError(refused.message) from None
