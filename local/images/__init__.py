"""Container images for the local cluster, made from package registries without a container engine."""

from local.images.build import Image, build_all, discard, needed

LOCAL_IMAGES = ("pause", "toolbox", "kubernetes", "local-path-provisioner", "traefik", "postgres", "shop")
"""What the local cluster and the platform's default parts run."""

__all__ = ["LOCAL_IMAGES", "Image", "build_all", "discard", "needed"]
