"""Container images for the local cluster, made from package registries without a container engine."""

from local.images.build import Image, build_all, discard, needed

MONITORING_IMAGES = (
    "prometheus-operator",
    "prometheus-config-reloader",
    "kube-state-metrics",
    "prometheus",
    "alertmanager",
    "node-exporter",
    "dashboard-viewer",
    "alert-sink",
)
LOCAL_IMAGES = ("pause", "toolbox", "kubernetes", "local-path-provisioner", "traefik", "postgres", "shop", *MONITORING_IMAGES)
"""What the local cluster and the platform's default parts run."""

__all__ = ["LOCAL_IMAGES", "Image", "build_all", "discard", "needed"]
