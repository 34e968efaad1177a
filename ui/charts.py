"""Pictures of figures: plain ECharts options as data, with the same figures as a table for whoever cannot see them.

Colours are not in here: charts.js takes them from the theme. Series differ by symbol and dash as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SYMBOLS = ("circle", "diamond", "triangle", "rect", "roundRect", "pin")
_DASHES = ("solid", "dashed", "dotted")


@dataclass(frozen=True)
class Chart:
    """`key` is unique on its page. `header` and `rows` are the table behind the picture."""

    key: str
    title: str
    option: dict
    header: Sequence[str] = field(default_factory=tuple)
    rows: Sequence[Sequence] = field(default_factory=tuple)
    size: str = ""  # "tall", "low" or the middle

    @property
    def json_id(self) -> str:
        return f"chart-{self.key}-data"


def line_chart(
    key: str, title: str, labels: Sequence, series: Mapping[str, Sequence], *, unit: str = "", size=""
) -> Chart:
    """Figures over time, one line a series; None leaves a gap."""
    lines = [
        {"name": name, "type": "line", "data": _numbers(values), "symbol": _SYMBOLS[i % 6], "symbolSize": 6,
         "showSymbol": len(labels) <= 40, "lineStyle": {"type": _DASHES[i % 3], "width": 2}}
        for i, (name, values) in enumerate(series.items())
    ]  # fmt: skip
    return _on_axes(key, title, labels, series, lines, unit, size)


def bar_chart(
    key: str, title: str, labels: Sequence, series: Mapping[str, Sequence], *, unit: str = "", size=""
) -> Chart:
    """Figures side by side."""
    bars = [
        {"name": name, "type": "bar", "data": _numbers(values), "barMaxWidth": 28} for name, values in series.items()
    ]
    return _on_axes(key, title, labels, series, bars, unit, size)


def _on_axes(key, title, labels, series, drawn, unit, size) -> Chart:
    labels = [str(label) for label in labels]
    option = {
        "grid": {"left": 8, "right": 32, "top": 40 if len(series) > 1 else 24, "bottom": 4, "containLabel": True},
        "legend": {"show": len(series) > 1, "top": 0, "right": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": labels, "boundaryGap": drawn[0]["type"] == "bar" if drawn else True},
        "yAxis": {"type": "value", "name": unit, "scale": _is_far_from_zero(drawn)} | _whole_steps(series),
        "series": drawn,
    }
    columns = list(zip(*series.values(), strict=True)) if series else []
    rows = [[label, *values] for label, values in zip(labels, columns, strict=False)]
    return Chart(key, title, option, ["", *(f"{name}（{unit}）" if unit else name for name in series)], rows, size)


def _whole_steps(series: Mapping[str, Sequence]) -> dict:
    """No half people on the axis of a count."""
    are_counts = all(isinstance(value, int) for values in series.values() for value in values if value is not None)
    return {"minInterval": 1} if are_counts else {}


def _is_far_from_zero(drawn: Sequence[dict]) -> bool:
    """Lines that never come near zero are drawn on their own stretch of the axis; the length of a bar must stay true."""
    values = [value for one in drawn for value in one["data"] if value is not None]
    if not values or drawn[0]["type"] != "line":
        return False
    return min(values) > max(values) / 2 > 0


def _numbers(values: Sequence) -> list:
    return [None if value is None else float(value) for value in values]
