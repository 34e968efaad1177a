"""Rows of daily maintenance, one noun per file."""

from maintenance.models.care import CareRule
from maintenance.models.contacts import Appointment, ContactRecord, ContactRevision
from maintenance.models.counter_notes import CounterNote
from maintenance.models.diary import Diary, DiaryLine, DiaryRevision
from maintenance.models.runs import DailyRun, Quarantine, RunStep
from maintenance.models.tasks import ContactBeat, MaintenanceTask

__all__ = [
    "Appointment",
    "CareRule",
    "ContactBeat",
    "ContactRecord",
    "ContactRevision",
    "CounterNote",
    "DailyRun",
    "Diary",
    "DiaryLine",
    "DiaryRevision",
    "MaintenanceTask",
    "Quarantine",
    "RunStep",
]
