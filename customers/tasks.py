"""What workers do for the archive. The work list is in the database: a lost message costs a minute, not an import."""

from contextlib import suppress

from celery import shared_task
from kombu.exceptions import OperationalError

from customers.importing import pipeline
from customers.services import documents, imports

_MOST_AT_ONCE = 20


@shared_task
def work_imports() -> int:
    """Work on waiting batches until none is left, and tidy up files of a day ago; rung every minute and after every
    decision about a batch."""
    done = 0
    while done < _MOST_AT_ONCE and pipeline.work_next():
        done += 1
    imports.purge()
    documents.tidy_incoming()
    return done


def ring() -> None:
    """Wake a worker now. Without a broker the batch waits for the next minute."""
    with suppress(OperationalError, OSError):
        work_imports.delay()
