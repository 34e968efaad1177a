"""Who holds a step. The token names the process, so that on the same machine a dead holder is known at once and nobody
waits for the lease to run out; elsewhere, and for a process that hangs, the lease decides."""

import hashlib
import os
import platform
import secrets
from pathlib import Path

_LENGTH = 36


def new_token() -> str:
    """`host-pid-random`, different every time."""
    start = f"{_host()}-{os.getpid()}-"
    return start + secrets.token_hex(_LENGTH)[: _LENGTH - len(start)]


def is_abandoned(token: str) -> bool:
    """Whether the holder was a process of this machine that is no more. False when in doubt."""
    host, _, rest = token.partition("-")
    pid, _, _ = rest.partition("-")
    return host == _host() and pid.isdigit() and not _is_alive(int(pid))


def _host() -> str:
    return hashlib.blake2b(platform.node().encode(), digest_size=4).hexdigest()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Killed, but its parent has not asked for it yet (Linux)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in "ZX"
