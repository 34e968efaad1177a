"""F1: a view of this project with every middleware, session and login, one indexed query, 25 rows, a plain template."""

from django.http import HttpResponse
from django.template import Context, Template
from django.urls import include, path

from customers.models import Customer
from organization.enums import Permission
from organization.permissions import require

_PLAIN = Template(
    "<!doctype html><title>{{ title }}</title><ul>{% for c in rows %}<li>{{ c.name }} {{ c.aum }}{% endfor %}</ul>"
)


@require(Permission.USE_SYSTEM)
def floor(request):
    # The same 25 for everybody: a head manages no customers of their own, and a floor without rows is no floor.
    rows = Customer.objects.unscoped("floor").order_by("-monthly_avg_daily_aum", "-id")[:25]
    return HttpResponse(_PLAIN.render(Context({"title": "floor", "rows": rows})))


urlpatterns = [path("bench/floor/", floor), path("", include("crm.urls"))]
