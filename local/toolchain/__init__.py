"""The programs that the platform needs, each got the quickest way that works on this machine."""

from local.toolchain.pins import Pin, pins
from local.toolchain.tools import Installed, Route, ensure, plan

__all__ = ["Installed", "Pin", "Route", "ensure", "pins", "plan"]
