"""Where uploaded files lie: outside the web root, under random names, readable by this process only, for a day."""

import hashlib
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from customers.models import ImportBatch
from organization import clock

KEEP = timedelta(hours=24)
_BLOCK = 1024 * 1024
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


class TooLarge(ValueError):
    """More bytes than allowed; the file was not kept."""


def folder_of(batch: ImportBatch) -> Path:
    """Named by the batch's random public id."""
    return settings.VAR_DIR / "files" / "imports" / batch.public_id


def store(batch: ImportBatch, chunks: Iterable[bytes], *, name: str = "", limit: int | None = None) -> str:
    """Write the file and return its sha256. The name decides only the ending; `limit` is in bytes."""
    folder = folder_of(batch)
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
    path = folder / (name or "source")
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        path.chmod(_PRIVATE_FILE)
        for chunk in chunks:
            size += len(chunk)
            if limit is not None and size > limit:
                remove(batch)
                raise TooLarge
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def store_copy(batch: ImportBatch, source: Path, *, name: str = "") -> str:
    with source.open("rb") as file:
        return store(batch, iter(lambda: file.read(_BLOCK), b""), name=name)


def source_of(batch: ImportBatch) -> Path:
    return folder_of(batch) / "source"


def companion_of(batch: ImportBatch, name: str) -> Path:
    """A further file of the same delivery; the name comes from a mapping, so it is not taken for a path."""
    return folder_of(batch) / f"with-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def bad_rows_of(batch: ImportBatch) -> Path:
    return folder_of(batch) / "bad.csv"


def remove_orphans() -> None:
    """Folders of uploads whose batch never came to be (the request failed), once they are a day old."""
    root = settings.VAR_DIR / "files" / "imports"
    if not root.is_dir():
        return
    known = set(ImportBatch.objects.unscoped("house-keeping").exclude(stored_as="").values_list("public_id", flat=True))
    for folder in root.iterdir():
        if folder.name not in known and clock.host_now().timestamp() - folder.stat().st_mtime > KEEP.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def remove(batch: ImportBatch) -> None:
    shutil.rmtree(folder_of(batch), ignore_errors=True)
