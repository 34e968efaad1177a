from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from almanac.enums import YearState
from almanac.exceptions import HolidayImportError
from almanac.forms import HolidayNoticeForm
from almanac.models import Holiday
from almanac.notices import read_rows
from almanac.services import HolidayImport, import_holidays, remove_holidays, save_holiday


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ["day", "weekday", "name", "arrangement", "year_state", "source"]
    list_filter = ["year_state", "is_workday"]
    search_fields = ["name", "source"]
    date_hierarchy = "day"
    list_per_page = 60

    @admin.display(description="星期")
    def weekday(self, holiday: Holiday) -> str:
        return "一二三四五六日"[holiday.day.weekday()]

    @admin.display(description="安排", ordering="is_workday")
    def arrangement(self, holiday: Holiday) -> str:
        return "调休上班" if holiday.is_workday else "放假"

    def save_model(self, request: HttpRequest, obj: Holiday, form, change: bool) -> None:
        save_holiday(obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: Holiday) -> None:
        remove_holidays([obj], by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Holiday]) -> None:
        remove_holidays(queryset, by=request.user)

    def get_urls(self) -> list:
        own = path("import/", self.admin_site.admin_view(self.import_view), name="almanac_holiday_import")
        return [own, *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Upload a year's notice: the verdict on every bad row, or the year replaced."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = HolidayNoticeForm(request.POST, request.FILES) if request.method == "POST" else HolidayNoticeForm()
        errors = []
        if form.is_valid():
            try:
                self.message_user(request, str(_import(form, request.user)), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:almanac_holiday_changelist"))
            except HolidayImportError as error:
                errors = error.errors
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "导入节假日安排",
            "form": form,
            "row_errors": errors,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/almanac/holiday/import.html", context, status=status)


def _import(form: HolidayNoticeForm, by: object) -> HolidayImport:
    file, entered = form.cleaned_data["file"], form.cleaned_data
    return import_holidays(
        read_rows(file.read()),
        by=by,
        year=entered["year"],
        source=entered["source"] or f"导入文件 {file.name}",
        year_state=YearState.PROVISIONAL if entered["is_provisional"] else YearState.PUBLISHED,
    )
