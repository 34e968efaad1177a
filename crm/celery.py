"""Celery only rings the doorbell: the work list lives in the database (DESIGN 5), so no message matters.

With REDIS_URL the broker is Redis; without it messages are files under var/, so one machine needs no server.
"""

import os
from datetime import timedelta

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

from django.conf import settings

app = Celery("crm")
app.conf.update(
    timezone=settings.TIME_ZONE,
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_max_tasks_per_child=500,
    broker_connection_retry_on_startup=True,
    task_default_queue="interactive",
    task_routes={
        "maintenance.tasks.*": {"queue": "daily"},
        "customers.tasks.*": {"queue": "import"},
        "organization.tasks.*": {"queue": "interactive"},
    },
    beat_schedule={
        # Every minute, on any number of beats: the unique keys in the database decide what is done once.
        "daily-run": {"task": "maintenance.tasks.work_daily_runs", "schedule": timedelta(minutes=1)},
        "imports": {"task": "customers.tasks.work_imports", "schedule": timedelta(minutes=1)},
        "seal-audit": {"task": "organization.tasks.seal_audit", "schedule": timedelta(minutes=1)},
    },
    beat_schedule_filename=str(settings.VAR_DIR / "celerybeat-schedule"),
)
if settings.REDIS_URL:
    app.conf.update(
        broker_url=settings.REDIS_URL,
        broker_transport_options={"visibility_timeout": 1800, "global_keyprefix": "crm:"},
        redis_socket_keepalive=True,
    )
else:
    folders = {name: settings.VAR_DIR / "broker" / name for name in ("messages", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    app.conf.update(
        broker_url="filesystem://",
        broker_transport_options={
            "data_folder_in": str(folders["messages"]),
            "data_folder_out": str(folders["messages"]),
            "control_folder": str(folders["control"]),
        },
    )
app.autodiscover_tasks()
