"""From one objective to Sloth-named records and burn alerts; the records computed by Prometheus itself."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from components.monitoring.slo import BURN_WINDOWS, PERIOD_DAYS, WINDOWS, objective_problems, slo_groups
from services.shop.shop import observe
from tests.components.monitoring.samples import OBJECTIVE

ROUTE = 'namespace="shop",service="web",route="/orders"'
PROBES = 'namespace="shop",service="web",route="/healthz"'
AVAILABILITY = 'sloth_id="shop-web-availability",sloth_service="web",sloth_slo="availability",namespace="shop"'
LATENCY = AVAILABILITY.replace("availability", "latency")


def _check(expression: str, minute: int, value: float | None, labels: str = "") -> dict[str, object]:
    samples = [] if value is None else [{"labels": labels or expression, "value": value}]
    return {"expr": expression, "eval_time": f"{minute}m", "exp_samples": samples}


def _test(series: dict[str, str], checks: list[dict[str, object]]) -> dict[str, object]:
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    return {"interval": "1m", "input_series": inputs, "promql_expr_test": checks}


def test_records_are_what_users_met(promtool: Path, tmp_path: Path) -> None:
    """Ratios, budgets and burn rates follow from the counters; probes do not count, and no traffic is no ratio (1.12)."""
    groups = slo_groups(OBJECTIVE)
    ratio = f'slo:sli_error:ratio_rate5m{{{AVAILABILITY},sloth_window="5m"}}'
    slow = f'slo:sli_error:ratio_rate5m{{{LATENCY},sloth_window="5m"}}'
    duration = f"http_request_duration_seconds_bucket{{{ROUTE}"
    failing = {
        f'http_requests_total{{{ROUTE},status="200"}}': "0+750x20",
        f'http_requests_total{{{ROUTE},status="503"}}': "0+250x20",
        f'http_requests_total{{{PROBES},status="200"}}': "0+9000x20",
        f'{duration},le="0.25"}}': "0+500x20",
        f'{duration},le="+Inf"}}': "0+1000x20",
        f"http_request_duration_seconds_count{{{ROUTE}}}": "0+1000x20",
    }
    healthy = {f'http_requests_total{{{ROUTE},status="200"}}': "0+1000x20"}
    idle = {f'http_requests_total{{{ROUTE},status="200"}}': "5+0x20", f"http_request_duration_seconds_count{{{ROUTE}}}": "5+0x20"}
    tests = [
        _test(
            failing,
            [
                _check(ratio, 15, 0.25),
                _check(slow, 15, 0.5),
                _check(f"slo:objective:ratio{{{AVAILABILITY}}}", 15, 0.999),
                _check(f"round(slo:error_budget:ratio{{{AVAILABILITY}}}, 0.0001)", 15, 0.001, f"{{{AVAILABILITY}}}"),
                _check(f"round(slo:current_burn_rate:ratio{{{AVAILABILITY}}}, 0.01)", 15, 250, f'{{{AVAILABILITY},sloth_window="5m"}}'),
                _check(
                    f"round(slo:period_error_budget_remaining:ratio{{{AVAILABILITY}}}, 0.01)",
                    15,
                    -249,
                    f'{{{AVAILABILITY},sloth_window="30d"}}',
                ),
            ],
        ),
        _test(
            healthy, [_check(ratio, 15, 0), _check(f'slo:period_error_budget_remaining:ratio{{{AVAILABILITY},sloth_window="30d"}}', 15, 1)]
        ),
        _test(idle, [_check(ratio, 15, None), _check(slow, 15, None)]),
    ]
    order = [group["name"] for group in groups]
    (tmp_path / "rules.json").write_text(json.dumps({"groups": groups}))
    document = {"rule_files": ["rules.json"], "evaluation_interval": "1m", "group_eval_order": order, "tests": tests}
    (tmp_path / "test.json").write_text(json.dumps(document))
    answer = subprocess.run([promtool, "test", "rules", "test.json"], cwd=tmp_path, capture_output=True, text=True)

    assert "" == answer.stderr


def test_windows_are_the_workbook_s() -> None:
    """Factor times long window over 30 days is the share of the budget that the workbook gives (1.12, requirements 1.7)."""
    hours = {"1h": 1, "6h": 6, "1d": 24, "3d": 72}
    spent = [f"{window.factor * hours[window.long] / (PERIOD_DAYS * 24):.0%}" for window in BURN_WINDOWS]

    assert spent == [window.spent for window in BURN_WINDOWS]
    assert {window for row in BURN_WINDOWS for window in (row.long, row.short)} == set(WINDOWS)


def test_the_shop_has_a_bucket_at_the_objective() -> None:
    """The default latency objective is a bucket of the shop's own histogram, or it could not be counted (1.12)."""
    bounds = {sample.labels["le"] for sample in _samples() if sample.name.endswith("_bucket")}

    assert str(OBJECTIVE.latency_seconds) in bounds


def test_the_shop_has_the_metrics_of_an_objective() -> None:
    """The shop counts its requests by the names and labels that objectives are measured by (1.12)."""
    labels = {sample.name: set(sample.labels) for sample in _samples()}

    assert {"route", "status"} <= labels["http_requests_total"]
    assert {"route", "le"} <= labels["http_request_duration_seconds_bucket"]
    assert {"route"} <= labels["http_request_duration_seconds_count"]


def _samples() -> list:  # type: ignore[type-arg]
    observe.REQUESTS.labels("GET", "/", "200")
    observe.DURATION.labels("GET", "/")
    return [sample for family in observe.registry.collect() for sample in family.samples]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("availability_percent", 100.0, "leaves no budget"),
        ("availability_percent", 49.0, "out of range"),
        ("latency_percent", 100.0, "leaves no budget"),
        ("latency_seconds", 0.3, "no bucket of the histogram"),
    ],
)
def test_an_objective_that_cannot_be_measured_is_refused(field: str, value: float, message: str) -> None:
    """An objective without a budget or without a bucket is refused by the field's name (1.12)."""
    wrong = replace(OBJECTIVE, **{field: value})  # type: ignore[arg-type]
    ((named, reason),) = objective_problems(wrong)

    assert field == named
    assert message in reason
    with pytest.raises(ValueError, match=field):
        slo_groups(wrong)


def test_an_objective_of_one_s_own_buckets_is_taken() -> None:
    """A service whose histogram has a bucket at 300 ms may promise 300 ms (1.12)."""
    assert [] == list(objective_problems(replace(OBJECTIVE, latency_seconds=0.3, buckets=(0.1, 0.3, 1))))
