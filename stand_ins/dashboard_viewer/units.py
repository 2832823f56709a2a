"""Numbers as people read them, by Grafana's names of units."""

import math
from datetime import timedelta

_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
_PLAIN = ("", "k", "M", "G", "T")
_MINUTE = 60
BYTES = ("bytes", "decbytes", "Bps", "binBps")
_STEPS = (1, 2, 4, 6, 8, 10)
_BINARY_STEPS = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 320, 384, 512, 640, 768, 896, 1024)
_ROUNDING = 1e-9


def ceiling(value: float, unit: str) -> float:
    """The least round number that is not below `value` > 0: the top of an axis whose quarters read well."""
    binary = unit in BYTES
    power = 1024.0 ** max(0, math.floor(math.log(value, 1024))) if binary else 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (_BINARY_STEPS if binary else _STEPS) if step * power >= value * (1 - _ROUNDING))


def shown(value: float, unit: str) -> str:
    """`value` with its unit: `230 MiB`, `12 %`, `1.5 s`."""
    if unit in BYTES:
        return _scaled(value, 1024, _BINARY, " ") + ("/s" if unit.endswith("ps") else "")
    if unit in ("percentunit", "percent"):
        return f"{_short(value * 100 if unit == 'percentunit' else value)} %"
    if unit in ("s", "dtdurations"):
        return _duration(value)
    if unit == "ms":
        return _duration(value / 1000)
    suffix = {"reqps": " req/s", "ops": " ops/s", "cps": " /s", "cores": " cores"}.get(unit, "")
    return _scaled(value, 1000, _PLAIN, "") + suffix


def _scaled(value: float, base: int, names: tuple[str, ...], space: str) -> str:
    power = 0
    while abs(value) >= base and power < len(names) - 1:
        value, power = value / base, power + 1
    return f"{_short(value)}{space}{names[power]}"


def _short(value: float) -> str:
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if abs(value) < 1000 else 0
    text = f"{value:.{min(digits, 4)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _duration(seconds: float) -> str:
    if abs(seconds) < 1:
        return f"{_short(seconds * 1000)} ms"
    return f"{_short(seconds)} s" if abs(seconds) < 2 * _MINUTE else str(timedelta(seconds=round(seconds)))
