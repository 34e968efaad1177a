"""What the calendar says on a page."""

from datetime import date

import pytest
from django.urls import reverse

from almanac.models import Holiday
from crm.context_processors import lunar_line, provisional


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "years"), [(date(2025, 6, 1), []), (date(2026, 11, 23), [2027]), (date(2027, 3, 1), [2027, 2028])]
)
def test_provisional_years_within_reach_are_named(day, years):
    notes = provisional(day)
    assert list(notes) == years
    assert all(text.startswith(f"{year}年放假安排尚未公布") for year, text in notes.items())


def test_the_note_is_shown_where_a_date_of_that_year_is_until_the_notice_is_imported(world, sign_in):
    client = sign_in(world.rm)
    customer = world.customer(next_contact_on=date(2026, 12, 1))
    url = reverse("customers:customer_page", args=[customer.public_id])
    shown, hidden = 'class="almanac-note" data-year="2027">', 'class="almanac-note" data-year="2027" hidden>'
    assert hidden in client.get(url).content.decode()
    type(customer).objects.unscoped("test").update(next_contact_on=date(2027, 1, 5))
    assert shown in client.get(url).content.decode()
    Holiday.objects.create(
        day=date(2027, 1, 1), name="元旦", is_workday=False, year_state="published", source="通知（测试）"
    )
    assert "almanac-note" not in client.get(url).content.decode()


def test_lunar_line_names_the_solar_term_on_its_day():
    assert lunar_line(date(2026, 11, 23)) == "农历十月十五"
    assert lunar_line(date(2026, 12, 22)).endswith("冬至")


def test_a_request_for_another_host_is_refused_with_a_page(client, settings):
    settings.ALLOWED_HOSTS = ["crm.bank.example"]
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "请求有误" in answer.content.decode()
