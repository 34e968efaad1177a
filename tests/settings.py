"""The real settings with fixed keys, a fast hasher and no manifest; DATABASE_URL and REDIS_URL still decide the engines."""

import os
import tempfile

os.environ.update(
    {
        purpose: purpose.encode().hex().ljust(64, "0")[:64]
        for purpose in ("SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "AUDIT_KEY")
    }
)
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="crm-test-"))

from crm.settings import *  # noqa: F403
from crm.settings import CACHES, DATABASES, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ALLOWED_HOSTS = ["*"]
# Suites that run beside each other on one Redis must not see each other's parameters.
CACHES["default"]["KEY_PREFIX"] = f"crm-test-{os.getpid()}"
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file, not in memory: the live server's threads then have connections of their own, as in production.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
DPV_DEFAULT_HISTORY_HASHER = "tests.hashers.FastHistoryHasher"
# Nothing is collected for tests, but WhiteNoise warns about a folder that is not there.
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
