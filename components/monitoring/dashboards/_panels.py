"""The few forms that all dashboards are made of, over grafana-foundation-sdk: one look, one data source, stable ids.

The classic form (v1) is what Grafana's sidecar puts before it; the SDK prefers v2, which only its API takes.
"""

from collections.abc import Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.common import (
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DynamicConfigValue,
    Panel,
    Threshold,
    ThresholdsMode,
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

DATA_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
DEFAULT_DATA_SOURCE = "prometheus"
"""UID that kube-prometheus-stack gives its own data source."""
WIDTH, HEIGHT = 12, 7
STAT_WIDTH, STAT_HEIGHT = 4, 4
GREEN, ORANGE, RED = "green", "orange", "red"


class Series(NamedTuple):
    """One query of a panel, and what its lines are called: text with `{{label}}`."""

    query: str
    legend: str


def graph(title: str, meaning: str, unit: str, series: Sequence[Series], *, limit: float | None = None) -> Builder[Panel]:
    """Lines over time; `limit` draws the value at which an alert speaks up."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(meaning)
        .unit(unit)
        .datasource(DATA_SOURCE)
        .min(0)
        .span(WIDTH)
        .height(HEIGHT)
        .fill_opacity(8)
        .legend(common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True))
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    if limit is not None:
        panel = panel.thresholds(_steps([(None, GREEN), (limit, RED)])).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
        )
    for query in _queries(series):
        panel = panel.with_target(query)
    return panel


def number(
    title: str, meaning: str, unit: str, query: str, steps: Sequence[tuple[float | None, str]] = (), width: int = STAT_WIDTH
) -> Builder[Panel]:
    """The present value, in a colour by `steps`: the lower bound (None for the first) and the colour from there."""
    return (
        stat.Panel()
        .title(title)
        .description(meaning)
        .unit(unit)
        .datasource(DATA_SOURCE)
        .span(width)
        .height(STAT_HEIGHT)
        .thresholds(_steps(steps or [(None, GREEN)]))
        .with_target(prometheus.Dataquery().expr(query).instant().ref_id("A"))
    )


def listing(title: str, meaning: str, query: str, width: int = 24, unit: str = "") -> Builder[Panel]:
    """One row for each series of the present moment; `unit` is that of its value."""
    target = prometheus.Dataquery().expr(query).instant().format(PromQueryFormat.TABLE).ref_id("A")
    panel = table.Panel().title(title).description(meaning).datasource(DATA_SOURCE).span(width).height(HEIGHT).with_target(target)
    # Not by default: a table's times would have it too.
    return panel.override_by_name("Value", [DynamicConfigValue(id_val="unit", value=unit)]) if unit else panel


def choice(name: str, label: str, query: str) -> dashboard.QueryVariable:
    """A picker filled from the labels of a metric."""
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .query(query)
        .datasource(DATA_SOURCE)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
    )


def page(uid: str, title: str, meaning: str, *variables: dashboard.QueryVariable) -> dashboard.Dashboard:
    """An empty dashboard with the data source's picker and `variables`."""
    default = VariableOption(text=DEFAULT_DATA_SOURCE, value=DEFAULT_DATA_SOURCE, selected=True)
    source = dashboard.DatasourceVariable("datasource").type("prometheus").label("Data source").current(default)
    board = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(meaning)
        .tags(["causeway"])
        .readonly()
        .refresh("30s")
        .time("now-1h", "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(source.hide(VariableHide.HIDE_VARIABLE))
    )
    for variable in variables:
        board = board.with_variable(variable)
    return board


def _queries(series: Sequence[Series]) -> list[prometheus.Dataquery]:
    return [
        prometheus.Dataquery().expr(query).legend_format(legend).ref_id(chr(ord("A") + index)).range()
        for index, (query, legend) in enumerate(series)
    ]


def _steps(steps: Sequence[tuple[float | None, str]]) -> dashboard.ThresholdsConfig:
    made = [Threshold(value=bound, color=colour) for bound, colour in steps]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(made)
