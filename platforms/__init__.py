"""The targets: one frozen `Platform` each, and nothing outside this folder knows which one it is."""

from importlib import import_module
from typing import cast

from platforms._platform import Platform
from stack.settings import Settings

__all__ = ["Platform", "load"]


def load(settings: Settings) -> Platform:
    """The platform that the settings name; a stack pays for the import of its own target alone."""
    return cast(Platform, import_module(f".{settings.platform.value}", __name__).platform(settings))
