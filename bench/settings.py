"""The real settings, with the floor's page beside the real ones and a header that tells how many queries a page made."""

from crm.settings import *  # noqa: F403
from crm.settings import MIDDLEWARE, VAR_DIR

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.middleware.QueryCountMiddleware", *MIDDLEWARE]
# The signed-in sessions are made by the harness; the run lasts longer than a coffee break.
SESSION_IDLE_MINUTES = 600
# Collected anew by the harness, so that nothing depends on when the site's own files were.
STATIC_ROOT = VAR_DIR / "bench" / "static"
