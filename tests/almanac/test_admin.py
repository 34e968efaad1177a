from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from almanac.models import Holiday
from almanac.signals import year_replaced
from almanac.workdays import is_workday

CHANGELIST = "admin:almanac_holiday_changelist"
IMPORT = "admin:almanac_holiday_import"


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.administrator)


@pytest.fixture
def announcements():
    heard = []

    def listen(sender, signal, **said):
        heard.append((said["year"], said["by"].name))

    year_replaced.connect(listen)
    yield heard
    year_replaced.disconnect(listen)


def upload(text, **fields):
    return {"file": SimpleUploadedFile("notice.csv", text.encode("gb18030")), **fields}


def test_the_list_speaks_chinese_and_leads_to_the_import(browser):
    page = browser.get(reverse(CHANGELIST)).content.decode()
    assert "导入一年的安排" in page
    assert "国务院办公厅关于2026年部分节假日安排的通知" in page
    assert "调休上班" in page


def test_search_and_filter(browser):
    page = browser.get(reverse(CHANGELIST), {"q": "端午", "day__year": 2026, "is_workday__exact": 0})
    assert [holiday.day.day for holiday in page.context["cl"].result_list] == [21, 20, 19]


def test_import(browser, world, announcements):
    page = browser.get(reverse(IMPORT))
    assert page.status_code == 200
    notice = "日期,节日,调休上班\n2027-02-09,春节,0\n"
    page = browser.post(reverse(IMPORT), upload(notice), follow=True)
    assert "2027年安排已导入（已公布）" in page.content.decode()
    assert not is_workday(date(2027, 2, 9))
    assert Holiday.objects.get(day=date(2027, 2, 9)).source == "导入文件 notice.csv"
    assert announcements == [(2027, world.administrator.name)]


def test_import_of_a_bad_file_says_why(browser):
    page = browser.post(reverse(IMPORT), upload("日期,节日,调休上班\n2027-02-09,<b>春节,1\n", source="通知"))
    assert page.status_code == 422
    assert "第2行：2027-02-09是星期二，本来就上班" in page.content.decode()
    assert 'value="通知"' in page.content.decode()
    assert not Holiday.objects.filter(day__year=2027).exists()


def test_import_without_a_file(browser):
    page = browser.post(reverse(IMPORT), {})
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"file"}


def test_import_page_has_no_inline_script_or_style(browser):
    page = browser.get(reverse(IMPORT)).content.decode()
    assert "style=" not in page
    assert "<style" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("who", ["rm", "branch_head", "auditor"])
def test_others_cannot_import(world, sign_in, who):
    page = sign_in(getattr(world, who)).post(reverse(IMPORT), upload("日期,节日,调休上班\n2027-02-09,春节,0\n"))
    assert page.status_code in {302, 403}
    assert not Holiday.objects.filter(day__year=2027).exists()


def test_one_day_by_hand(browser, announcements):
    fields = {"day": "2026-11-24", "name": "临时放假", "year_state": "published", "source": "应急通知"}
    browser.post(reverse("admin:almanac_holiday_add"), fields)
    assert not is_workday(date(2026, 11, 24))
    holiday = Holiday.objects.get(day=date(2026, 11, 24))
    browser.post(reverse("admin:almanac_holiday_change", args=[holiday.pk]), fields | {"day": "2026-11-25"})
    assert is_workday(date(2026, 11, 24))
    browser.post(reverse("admin:almanac_holiday_delete", args=[holiday.pk]), {"post": "yes"})
    assert is_workday(date(2026, 11, 25))
    assert len(announcements) == 3


def test_many_days_deleted_by_the_list_action(browser, announcements):
    rows = Holiday.objects.filter(day__range=(date(2026, 6, 19), date(2026, 6, 21)))
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    browser.post(reverse(CHANGELIST), chosen)
    assert not rows.all().exists()
    assert not is_workday(date(2026, 6, 19)), "端午 itself is a statutory day"
    assert len(announcements) == 1


def test_a_weekday_cannot_be_a_make_up_workday(browser):
    fields = {"day": "2026-11-24", "name": "x", "year_state": "published", "source": "x", "is_workday": "on"}
    page = browser.post(reverse("admin:almanac_holiday_add"), fields)
    assert "本来就上班" in page.content.decode()
    fields = {"day": "2026-11-21", "name": "x", "year_state": "published", "source": "x", "is_of_next_year": "on"}
    page = browser.post(reverse("admin:almanac_holiday_add"), fields)
    assert "只有12月25日以后" in page.content.decode()
