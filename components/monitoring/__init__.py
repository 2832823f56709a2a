"""Monitoring: what is watched, who is told, and what they look at, the same on every target."""

from .alerts_secrets import Rotation, rotations
from .args import ControlPlane, MonitoringDoor, MonitoringPlatformArgs, MonitoringStackArgs
from .component import MonitoringStack, grafana_secret
from .dashboards import dashboards
from .owners import metric_labels_allowlist
from .routing import OFFLINE, Receiver, ReceiverKind, Receivers, SecretKey, mounted_secrets, routing
from .rules import rules
from .slo import Objective, objective_problems
from .upstream import disabled_default_rules
from .workload import Backlog, MonitoredWorkload, workload_objects

__all__ = [
    "OFFLINE",
    "Backlog",
    "ControlPlane",
    "MonitoredWorkload",
    "MonitoringDoor",
    "MonitoringPlatformArgs",
    "MonitoringStack",
    "MonitoringStackArgs",
    "Objective",
    "Receiver",
    "ReceiverKind",
    "Receivers",
    "Rotation",
    "SecretKey",
    "dashboards",
    "disabled_default_rules",
    "grafana_secret",
    "metric_labels_allowlist",
    "mounted_secrets",
    "objective_problems",
    "rotations",
    "routing",
    "rules",
    "workload_objects",
]
