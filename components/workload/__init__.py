"""WorkloadPattern and the pure functions around it."""

from .args import Pattern, WorkloadPatternArgs, WorkloadPlatformArgs, WorkloadSpread
from .component import WorkloadPattern
from .defaults import PLATFORM_DEFAULTS
from .render import render

__all__ = ["PLATFORM_DEFAULTS", "Pattern", "WorkloadPattern", "WorkloadPatternArgs", "WorkloadPlatformArgs", "WorkloadSpread", "render"]
