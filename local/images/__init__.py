"""Container images for the local cluster, made from package registries without a container engine."""

from local.images.build import Image, build_all, discard, needed

__all__ = ["Image", "build_all", "discard", "needed"]
