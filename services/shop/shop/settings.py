"""What the environment says. Only this module reads it; the database URL is never shown."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SettingsError(Exception):
    """The environment cannot be used: one line naming the variable."""


@dataclass(frozen=True)
class Address:
    """Where a process listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Settings:
    """All settings of the three processes.

    `database_url` is DATABASE_URL, required. `listen` (LISTEN) and `metrics_listen` (METRICS_LISTEN) are `host:port`.
    `drain_seconds` (DRAIN_SECONDS) is how long the web process answers on while readiness already fails.
    `work_seconds` (WORK_SECONDS) is the artificial time that one order takes, `stop_seconds` (STOP_SECONDS) the most that
    a stopping worker takes to finish one. `poll_seconds` (POLL_SECONDS) is how often the worker looks by itself.
    """

    database_url: str = field(repr=False)
    listen: Address = Address("0.0.0.0", 8080)
    metrics_listen: Address = Address("0.0.0.0", 9090)
    log_level: str = "info"
    drain_seconds: float = 5.0
    work_seconds: float = 0.0
    stop_seconds: float = 20.0
    poll_seconds: float = 2.0
    heartbeat_file: Path = Path("/tmp/heartbeat")
    time_zone: tzinfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment; raises SettingsError for the first variable that cannot be used."""
        given = {name: value for name, value in environment.items() if value}
        if "DATABASE_URL" not in given:
            raise SettingsError("DATABASE_URL is not set: give postgresql://user:password@host:5432/database")
        return cls(
            database_url=given["DATABASE_URL"],
            listen=_address(given, "LISTEN", cls.listen),
            metrics_listen=_address(given, "METRICS_LISTEN", cls.metrics_listen),
            log_level=_level(given),
            drain_seconds=_seconds(given, "DRAIN_SECONDS", cls.drain_seconds),
            work_seconds=_seconds(given, "WORK_SECONDS", cls.work_seconds),
            stop_seconds=_seconds(given, "STOP_SECONDS", cls.stop_seconds),
            poll_seconds=_seconds(given, "POLL_SECONDS", cls.poll_seconds),
            heartbeat_file=cls.heartbeat_file_of_environment(given),
            time_zone=_time_zone(given),
        )

    @classmethod
    def heartbeat_file_of_environment(cls, environment: Mapping[str, str] = os.environ) -> Path:
        """HEARTBEAT_FILE, which the health check needs without a database."""
        return Path(environment.get("HEARTBEAT_FILE") or cls.heartbeat_file)


def _seconds(given: Mapping[str, str], name: str, default: float) -> float:
    text = given.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3600:
        raise SettingsError(f"{name} is {text!r}: give a number of seconds from 0 to 3600")
    return value


def _address(given: Mapping[str, str], name: str, default: Address) -> Address:
    text = given.get(name)
    if text is None:
        return default
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(f"{name} is {text!r}: give host:port, for example 0.0.0.0:{default.port}")
    return Address(host.strip("[]"), int(port))


def _level(given: Mapping[str, str]) -> str:
    level = given.get("LOG_LEVEL", Settings.log_level).lower()
    if level not in (allowed := ("debug", "info", "warning", "error")):
        raise SettingsError(f"LOG_LEVEL is {level!r}: allowed are {', '.join(allowed)}")
    return level


def _time_zone(given: Mapping[str, str]) -> tzinfo:
    name = given.get("TZ", "UTC").removeprefix(":")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(f"TZ is {name!r}: give a name of the time zone database, for example Europe/Berlin") from None
