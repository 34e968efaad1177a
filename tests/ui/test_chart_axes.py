"""Lines that never come near zero are drawn on their own stretch of the axis; bars always start at zero."""

import pytest

from ui.charts import bar_chart, line_chart


@pytest.mark.parametrize(
    ("values", "is_far"),
    [([1_000_000, 1_010_000], True), ([100, 1_000_000], False), ([0, 0], False), ([-5, 10], False), ([None, 900], True),
     ([], False)],
)  # fmt: skip
def test_a_line_far_from_zero_is_seen_closely(values, is_far):
    labels = [str(n) for n in range(len(values))]
    assert line_chart("k", "走势", labels, {"月日均": values}).option["yAxis"]["scale"] is is_far
    assert bar_chart("k", "走势", labels, {"月日均": values}).option["yAxis"]["scale"] is False
