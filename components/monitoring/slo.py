"""From one declared objective to recording rules and burn alerts, named as Sloth names them (requirements 1.7, 1.12).

Windows and factors are those of the Google SRE workbook, chapter "Alerting on SLOs", table 5-8:
https://sre.google/workbook/alerting-on-slos/. The second, short window of a row ends the alert soon after the errors end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .model import Alert, Group, Rule, Severity, alerting, group, recording

PERIOD_DAYS = 30
DEFAULT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Upper bounds of a latency histogram in seconds, as the Prometheus client libraries make them."""
UNCOUNTED_ROUTES = "/healthz|/readyz|/metrics"
"""Asked by the platform, so not a user's experience."""


@dataclass(frozen=True)
class BurnWindow:
    """Alert `name` when the budget burns `factor` times too fast over both windows, for `hold`."""

    name: str
    factor: float
    long: str
    short: str
    hold: str
    severity: Severity
    spent: str
    """Share of the budget of 30 days that `factor` spends in the long window."""


BURN_WINDOWS = (
    BurnWindow("SLOFastBurn", 14.4, "1h", "5m", "2m", Severity.CRITICAL, "2%"),
    BurnWindow("SLOMediumBurn", 6, "6h", "30m", "5m", Severity.CRITICAL, "5%"),
    BurnWindow("SLOSlowBurn", 3, "1d", "2h", "15m", Severity.WARNING, "10%"),
    BurnWindow("SLOSlowBurn", 1, "3d", "6h", "1h", Severity.WARNING, "10%"),
)
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


@dataclass(frozen=True)
class Objective:
    """What users are promised of a service that counts its requests the usual way.

    The service has the counter `http_requests_total` with labels `route` and `status`, and the histogram
    `http_request_duration_seconds` with label `route`.
    """

    service: str
    namespace: str
    team: str
    availability_percent: float = 99.9
    """Percentage of requests that are not answered with 5xx, over 30 days."""
    latency_seconds: float = 0.25
    """Requests slower than this are slow; a bucket of the histogram. The usual buckets have 250 ms and not 300 ms."""
    latency_percent: float = 99.0
    """Percentage of requests that are not slow, over 30 days."""
    buckets: tuple[float, ...] = DEFAULT_BUCKETS


@dataclass(frozen=True)
class Indicator:
    """One indicator of an objective: the counters of bad and of all events, with `WINDOW` in place of a window."""

    slo: Literal["availability", "latency"]
    percent: float
    bad: str
    total: str
    meaning: str

    @property
    def target(self) -> str:
        """The objective as a ratio, written without binary noise."""
        return f"{self.percent / 100:.6f}".rstrip("0")


def objective_problems(objective: Objective) -> Iterator[tuple[str, str]]:
    """What cannot be measured or met: the field, and why."""
    for key, percent in (("availability_percent", objective.availability_percent), ("latency_percent", objective.latency_percent)):
        if not 50 <= percent < 100:
            yield key, f"{percent:g} is out of range: from 50 to less than 100, since an objective of 100 leaves no budget"
    if objective.latency_seconds not in objective.buckets:
        bounds = ", ".join(f"{bound:g}" for bound in objective.buckets)
        yield "latency_seconds", f"{objective.latency_seconds:g} is no bucket of the histogram, so it cannot be counted; allowed: {bounds}"


def indicators(objective: Objective) -> tuple[Indicator, Indicator]:
    """Availability and latency, from the service's own metrics."""
    which = f'namespace="{objective.namespace}",service="{objective.service}",route!~"{UNCOUNTED_ROUTES}"'
    requests = f"sum(rate(http_requests_total{{{which}}}[WINDOW]))"
    failed = f'sum(rate(http_requests_total{{{which},status=~"5.."}}[WINDOW]))'
    timed = f"sum(rate(http_request_duration_seconds_count{{{which}}}[WINDOW]))"
    fast = f'sum(rate(http_request_duration_seconds_bucket{{{which},le=~"{_bound(objective.latency_seconds)}"}}[WINDOW]))'
    milliseconds = f"{objective.latency_seconds * 1000:g} ms"
    return (
        Indicator("availability", objective.availability_percent, f"({failed} or 0 * {requests})", requests, "answered with 5xx"),
        Indicator("latency", objective.latency_percent, f"({timed} - {fast})", timed, f"slower than {milliseconds}"),
    )


def slo_groups(objective: Objective) -> list[Group]:
    """All rules of an objective: for each indicator its ratios, its budget and its alerts.

    Raises ValueError when the objective cannot be measured.
    """
    problems = [f"{key}: {reason}" for key, reason in objective_problems(objective)]
    if problems:
        raise ValueError("\n".join(problems))
    groups: list[Group] = []
    for indicator in indicators(objective):
        name = f"{objective.service}-{indicator.slo}"
        groups += [
            group(f"sloth-slo-sli-recordings-{name}", _ratios(objective, indicator)),
            group(f"sloth-slo-meta-recordings-{name}", _budget(objective, indicator)),
            group(f"sloth-slo-alerts-{name}", [alerting(_burn(objective, indicator, window)) for window in BURN_WINDOWS]),
        ]
    return groups


def identity(objective: Objective, slo: str) -> dict[str, str]:
    """The labels that tell one SLO from all others."""
    return {
        "sloth_id": f"{objective.namespace}-{objective.service}-{slo}",
        "sloth_service": objective.service,
        "sloth_slo": slo,
        "namespace": objective.namespace,
    }


def selector(labels: Mapping[str, str]) -> str:
    """Labels as PromQL selects them."""
    return ",".join(f'{key}="{value}"' for key, value in labels.items())


def _ratios(objective: Objective, indicator: Indicator) -> list[Rule]:
    labels = identity(objective, indicator.slo)
    rules = [
        recording(
            f"slo:sli_error:ratio_rate{window}",
            # Without requests there is no ratio, rather than a perfect or an undefined one.
            f"{indicator.bad}\n/\n({indicator.total} > 0)".replace("WINDOW", window),
            {**labels, "sloth_window": window},
        )
        for window in WINDOWS
    ]
    base = f"slo:sli_error:ratio_rate5m{{{selector(labels)}}}[{PERIOD_DAYS}d]"
    period = f"sum_over_time({base})\n/ ignoring (sloth_window)\ncount_over_time({base})"
    return [*rules, recording(f"slo:sli_error:ratio_rate{PERIOD_DAYS}d", period, {**labels, "sloth_window": f"{PERIOD_DAYS}d"})]


def _budget(objective: Objective, indicator: Indicator) -> list[Rule]:
    labels = identity(objective, indicator.slo)
    which = selector(labels)
    ids = "on (sloth_id, sloth_slo, sloth_service, namespace) group_left ()"
    info = {**labels, "team": objective.team, "service": objective.service, "sloth_objective": f"{indicator.percent:g}"}
    budget = f"slo:error_budget:ratio{{{which}}}"
    return [
        recording("slo:objective:ratio", f"vector({indicator.target})", labels),
        recording("slo:error_budget:ratio", f"vector(1 - {indicator.target})", labels),
        recording("slo:time_period:days", f"vector({PERIOD_DAYS})", labels),
        recording("slo:current_burn_rate:ratio", f"slo:sli_error:ratio_rate5m{{{which}}}\n/ {ids}\n{budget}", labels),
        recording("slo:period_burn_rate:ratio", f"slo:sli_error:ratio_rate{PERIOD_DAYS}d{{{which}}}\n/ {ids}\n{budget}", labels),
        recording("slo:period_error_budget_remaining:ratio", f"1 - slo:period_burn_rate:ratio{{{which}}}", labels),
        recording("sloth_slo_info", "vector(1)", info),
    ]


def _burn(objective: Objective, indicator: Indicator, window: BurnWindow) -> Alert:
    which = selector(identity(objective, indicator.slo))
    limit = f"({window.factor:g} * (1 - {indicator.target}))"
    over_long = f"slo:sli_error:ratio_rate{window.long}{{{which}}} > {limit}"
    over_short = f"slo:sli_error:ratio_rate{window.short}{{{which}}} > {limit}"
    return Alert(
        name=window.name,
        expression=f"{over_long}\nand ignoring (sloth_window)\n{over_short}",
        hold=window.hold,
        severity=window.severity,
        summary=f"{objective.service} spends its error budget more than {window.factor:g} times as fast as it may ({indicator.slo}).",
        description=f"{{{{ $value | humanizePercentage }}}} of the requests to {objective.namespace}/{objective.service} were "
        f"{indicator.meaning} over {window.long}; the objective is {indicator.percent:g}% over {PERIOD_DAYS} days. "
        f"{window.spent} of the budget is gone in {window.long} at {window.factor:g} times.",
        dashboard=f"/d/causeway-slo?var-slo={objective.namespace}-{objective.service}-{indicator.slo}",
        team=objective.team,
        service=objective.service,
        labels={"slo": indicator.slo, "window": window.long},
    )


def _bound(seconds: float) -> str:
    """The bucket's label: Prometheus 3 writes whole numbers with a fraction, Prometheus 2 as the client does."""
    text = f"{seconds:g}"
    return text if "." in text else f"{text}|{text}.0"


def latency_p99(objective: Objective) -> str:
    """The 99th percentile of the answer times of the last five minutes, in seconds."""
    which = f'namespace="{objective.namespace}",service="{objective.service}",route!~"{UNCOUNTED_ROUTES}"'
    return f"histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{{{which}}}[5m])))"


def availability_ratio(objective: Objective) -> str:
    """The recorded share of failed requests of the last five minutes."""
    labels: dict[str, Any] = identity(objective, "availability")
    return f"slo:sli_error:ratio_rate5m{{{selector(labels)}}}"
