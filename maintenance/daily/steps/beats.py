"""应联客户: beats whose window has opened, first contacts and first meetings (POLICY 三, DOMAIN 2.3)."""

from maintenance.daily.beat_tasks import raise_beat_tasks
from maintenance.daily.work import Work
from maintenance.models import ContactBeat


def raise_beats(work: Work) -> int:
    return raise_beat_tasks(work.of(ContactBeat.objects.unscoped("the daily run")), on=work.on)
