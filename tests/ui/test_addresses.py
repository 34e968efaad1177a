"""An address is what `reverse` gives, whatever the key; the page itself is looked up once."""

from datetime import date

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse, set_script_prefix

from ui import addresses
from ui.addresses import address

DAY = date(2026, 11, 23)


@pytest.fixture
def elsewhere():
    set_script_prefix("/crm/")
    yield
    set_script_prefix("/")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("workbench", ()),
        ("customers:customer_page", ("Zq-_9",)),
        ("customers:customer_page", ("张 三？&'%",)),
        ("customers:reveal_field", ("k", "mobile")),
        ("maintenance:diary_day", (DAY,)),
        ("maintenance:diary_draft", (DAY, "plan")),
        ("maintenance:diary_read", ("R01", DAY)),
    ],
)
def test_an_address_is_what_reverse_gives(name, keys):
    assert address(name, *keys) == reverse(name, args=keys)


def test_a_page_that_is_not_there_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            address("no_such_page")


def test_installed_below_a_path_every_address_follows(elsewhere):
    assert address("customers:customer_page", "k") == "/crm/customers/k/"


def test_ten_customers_are_one_look_up(monkeypatch):
    asked = []
    monkeypatch.setattr(addresses, "reverse", lambda *args, **kwargs: asked.append(args) or reverse(*args, **kwargs))
    addresses._around.cache_clear()
    rows = Template("{% load ui %}{% for key in keys %}{% url 'customers:customer_page' key %} {% endfor %}")
    assert rows.render(Context({"keys": range(10)})).split()[-1] == "/customers/9/"
    assert len(asked) == 1


def test_the_tag_keeps_what_the_framework_promises():
    said = Template("{% load ui %}{% url 'no_such_page' as gone %}[{{ gone }}]{% url page key as found %}[{{ found }}]")
    assert said.render(Context({"page": "customers:customer_page", "key": "a&b"})) == "[][/customers/a&amp;b/]"
    with pytest.raises(NoReverseMatch):
        Template("{% load ui %}{% url 'no_such_page' %}").render(Context())
