import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from almanac.models import Holiday
from almanac.workdays import is_provisional, is_workday
from tests.almanac.workbook import workbook

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command("import_holidays", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_csv_file(tmp_path):
    file = tmp_path / "notice.csv"
    file.write_text("day,name,is_workday,source\n2027-02-09,春节,0,通知\n2027-02-14,春节,1,通知\n", encoding="utf-8")
    said = run(file)
    assert "2027年安排已导入（已公布）：放假1天，调休上班1天，2天的上班与否有变化。" in said
    assert is_workday(date(2027, 2, 14))
    assert not is_provisional(date(2027, 2, 14))


def test_a_workbook_with_year_source_and_provisional(tmp_path):
    file = tmp_path / "notice.xlsx"
    file.write_bytes(workbook([["日期", "节日", "调休上班"], [date(2027, 2, 9), "春节", 0]]))
    assert "（暂定）" in run(file, "--year", 2027, "--source", "内部预排", "--provisional")
    assert Holiday.objects.get(day=date(2027, 2, 9)).source == "内部预排"
    assert is_provisional(date(2027, 2, 9))


def test_bad_rows_stop_the_whole_file(tmp_path):
    file = tmp_path / "notice.csv"
    file.write_text("day,name,is_workday\n2027-02-09,春节,0\n2027-02-09,春节,0\n2027-02-30,,0\n", encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run(file)
    assert str(caught.value).splitlines() == [
        "没有导入任何一行：",
        "第3行：2027-02-09在第2行已经出现过。",
        "第4行：没有“2027-02-30”这一天。",
    ]
    assert not Holiday.objects.filter(day__year=2027).exists()


def test_a_missing_file(tmp_path):
    with pytest.raises(CommandError, match="读不到"):
        run(tmp_path / "missing.csv")
