"""Keys of this installation. Production names them in the environment; a single machine makes its own once.

One key per purpose (session signing, field encryption, blind index, audit seal), so that losing one does not open
the others. The file is made with mode 0600 under var/, which git ignores.
"""

import json
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PURPOSES = ("SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "AUDIT_KEY")


def load_secrets(var_dir: Path, *, production: bool) -> dict[str, str]:
    """All four keys: from the environment, else (not in production) from var/secrets.json, made on first use."""
    found = {purpose: os.environ[purpose] for purpose in PURPOSES if os.environ.get(purpose)}
    missing = [purpose for purpose in PURPOSES if purpose not in found]
    if not missing:
        return found
    if production:
        raise ImproperlyConfigured(f"生产环境必须在环境变量中给出：{'、'.join(missing)}")
    return _kept_in(var_dir / "secrets.json") | found


def _kept_in(path: Path) -> dict[str, str]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: when web and worker start together for the first time, one writes and the other reads.
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                json.dump({purpose: secrets.token_hex(32) for purpose in PURPOSES}, file)
    return json.loads(path.read_text())
