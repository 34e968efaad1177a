"""A worker looks for work by itself once a minute, so that a lost message, a beat that is down or a wiped broker costs a
minute and no task (DESIGN 5)."""

import logging
import threading

from celery.signals import worker_ready, worker_shutting_down
from django.db import connections

from maintenance.daily.isolation import brief
from maintenance.daily.runs import look_for_work

QUEUE = "daily"
_EVERY_SECONDS = 60.0
_LOOK_SECONDS = 50.0

_log = logging.getLogger(__name__)
_stopped = threading.Event()


@worker_ready.connect(dispatch_uid="maintenance.lookout.start")
def start(sender=None, **kwargs) -> None:
    """Only in workers that serve the daily queue. One thread in the worker's main process, whatever the pool: it closes
    its connections after every look, so that a pool child forked in between inherits none."""
    if sender is not None and QUEUE not in sender.app.amqp.queues.consume_from:
        return
    _stopped.clear()
    threading.Thread(target=_watch, name="daily-run-lookout", daemon=True).start()


@worker_shutting_down.connect(dispatch_uid="maintenance.lookout.stop")
def stop(**kwargs) -> None:
    _stopped.set()


def _watch() -> None:
    while not _stopped.is_set():
        look()
        _stopped.wait(_EVERY_SECONDS)


def look() -> int:
    """One look; whatever goes wrong, the next one comes."""
    try:
        return look_for_work(seconds=_LOOK_SECONDS)
    except Exception as error:
        _log.warning("looking for work failed: %s", brief(error))
        return 0
    finally:
        connections.close_all()
