"""WorkloadPattern and the pure functions around it."""

from .args import Pattern, WorkloadPatternArgs, WorkloadPlatformArgs, WorkloadSpread
from .component import WorkloadPattern
from .render import render

__all__ = ["Pattern", "WorkloadPattern", "WorkloadPatternArgs", "WorkloadPlatformArgs", "WorkloadSpread", "render"]
