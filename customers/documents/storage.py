"""Where documents lie: outside the web root, under random names, encrypted, readable by this process only.

A new file waits in `incoming` until its row is committed; what waits there for a day without a row came of a request that
failed. Whoever dies between the two finds the file again, because reading looks in both places.
"""

from pathlib import Path

from django.conf import settings

from organization import clock
from organization.crypto import seal, unseal

_WAITS_SECONDS = 24 * 3600
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


def put(name: str, data: bytes) -> None:
    """Write a new file; `name` is the random public id of its row, and the file opens for no other."""
    folder = _root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
    path = folder / name
    path.touch(mode=_PRIVATE_FILE)
    path.write_bytes(seal(data, _bound_to(name)))


def keep(name: str) -> None:
    """The row is committed: the file takes its place. Doing it twice does no harm."""
    waiting, place = _root() / "incoming" / name, _place(name)
    if waiting.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        waiting.replace(place)


def get(name: str) -> bytes:
    """The file as it was handed in. FileNotFoundError if it is gone; CannotDecrypt if somebody changed it."""
    place = _place(name)
    path = place if place.exists() else _root() / "incoming" / name
    return unseal(path.read_bytes(), _bound_to(name))


def discard(name: str) -> None:
    """The row did not come to be."""
    (_root() / "incoming" / name).unlink(missing_ok=True)


def waiting_since_yesterday() -> list[str]:
    """Names of files in `incoming` that are a day old."""
    folder = _root() / "incoming"
    if not folder.is_dir():
        return []
    before = clock.host_now().timestamp() - _WAITS_SECONDS
    return [path.name for path in folder.iterdir() if path.stat().st_mtime < before]


def _place(name: str) -> Path:
    """Spread over folders: a directory of a million files is slow."""
    return _root() / name[:2] / name


def _root() -> Path:
    return settings.VAR_DIR / "files" / "documents"


def _bound_to(name: str) -> str:
    return f"document.{name}"
