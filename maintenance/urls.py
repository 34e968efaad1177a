from datetime import date

from django.urls import path, register_converter

from maintenance.views import appointments, contacts, diary, handovers, lobby, tasks
from organization import clock


class DayConverter:
    """A day in an address: 2026-11-23. What is no day, or one beyond all calendars, is no page."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        if not clock.is_within_reach(day):
            raise ValueError(value)
        return day

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "day")

app_name = "maintenance"
urlpatterns = [
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/complete/", tasks.task_complete, name="task_complete"),
    path("tasks/snooze/", tasks.task_snooze, name="task_snooze"),
    path("tasks/skip/", tasks.task_skip, name="task_skip"),
    path("tasks/reopen/", tasks.task_reopen, name="task_reopen"),
    path("tasks/put-back/", tasks.task_put_back, name="task_put_back"),
    path("tasks/<str:public_id>/phone/", tasks.task_phone, name="task_phone"),
    path("contacts/", contacts.contact_list, name="contact_list"),
    path("contacts/new/", contacts.contact_new, name="contact_new"),
    path("contacts/reasons/", contacts.contact_reasons, name="contact_reasons"),
    path("contacts/<str:public_id>/edit/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<str:public_id>/withdraw/", contacts.contact_withdraw, name="contact_withdraw"),
    path("appointments/", appointments.appointment_list, name="appointment_list"),
    path("appointments/new/", appointments.appointment_new, name="appointment_new"),
    path("appointments/<str:public_id>/cancel/", appointments.appointment_cancel, name="appointment_cancel"),
    path("customers/<str:public_id>/timeline/", contacts.customer_timeline, name="customer_timeline"),
    path("customers/<str:public_id>/suggestion/", tasks.strategy_suggestion, name="strategy_suggestion"),
    path("customers/<str:public_id>/tasks/", tasks.customer_tasks, name="customer_tasks"),
    path("lobby/", lobby.lobby, name="lobby"),
    path("lobby/<str:public_id>/", lobby.quick_card, name="quick_card"),
    path("lobby/walk-ins/<str:public_id>/withdraw/", lobby.walk_in_withdraw, name="walk_in_withdraw"),
    path("customers/<str:public_id>/counter-note/", lobby.counter_note, name="counter_note"),
    path("diary/", diary.diary, name="diary"),
    path("diary/<day:day>/", diary.diary_day, name="diary_day"),
    path("diary/<day:day>/plan/", diary.diary_plan, name="diary_plan"),
    path("diary/<day:day>/result/", diary.diary_result, name="diary_result"),
    path("diary/<day:day>/draft/<str:part>/", diary.diary_draft, name="diary_draft"),
    path("diary/<day:day>/discard/<str:part>/", diary.diary_discard, name="diary_discard"),
    path("team/<str:employee_no>/diary/<day:day>/", diary.diary_read, name="diary_read"),
    path("team/<str:employee_no>/diary/<day:day>/review/", diary.diary_review, name="diary_review"),
    path("team/<str:employee_no>/diary/<day:day>/reopen/", diary.diary_reopen, name="diary_reopen"),
    path("handovers/<str:public_id>/work/", handovers.handover_work, name="handover_work"),
]
