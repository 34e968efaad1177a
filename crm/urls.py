from django.contrib import admin
from django.urls import include, path

from crm.views import health, team, workbench
from organization.enums import Permission
from organization.idempotency import once
from organization.permissions import require
from ui.urls import saved_view_urls

admin.site.site_header = admin.site.site_title = "客户关系维护系统 · 系统管理"
admin.site.index_title = "配置"

urlpatterns = [
    path("", workbench.home, name="home"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("team/", team.team_board, name="team_board"),
    path("team/overdue/", team.team_overdue, name="team_overdue"),
    path("health/", health.health, name="health"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("account/", include("organization.urls")),
    *saved_view_urls(lambda view: require(Permission.USE_SYSTEM)(once(view))),
    path("customers/", include("customers.urls")),
    path("maintenance/", include("maintenance.urls")),
    path("admin/", admin.site.urls),
]
