from datetime import date

import pytest

from almanac.words import short_day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("day", "says"), [(date(2026, 3, 4), "3月4日"), (date(2027, 2, 5), "2027年2月5日")])
def test_a_day_in_a_sentence(day, says):
    assert short_day(day, TODAY) == says
