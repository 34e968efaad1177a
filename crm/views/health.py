"""Is it alive, is it ready, did the daily run do its work (DESIGN 5 "Observable")."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django_prometheus.exports import ExportToDjangoView

from maintenance.queries.health import open_quarantine, recent_runs
from organization import clock
from organization.crypto import decrypt, encrypt
from organization.enums import Permission
from organization.middleware import client_ip
from organization.models import AuditEvent, AuditSeal
from organization.permissions import require

log = structlog.get_logger(__name__)

_RUN_DAYS = 14
_SEAL_GRACE = timedelta(minutes=10)
_PROBE = "readyz"


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nothing of anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether requests may be sent here. Without Redis the site works on, so that is degraded and still ready."""
    checks = {name: _verdict(check) for name, check in _CHECKS.items()}
    broken = [name for name in ("database", "migrations", "keys") if checks[name] != "ok"]
    status = "broken" if broken else "degraded" if "broken" in checks.values() else "ok"
    return JsonResponse({"status": status, "checks": checks}, status=503 if broken else 200)


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for the bank's own monitoring: only for the machine itself and the addresses named in METRICS_FROM."""
    if client_ip(request) not in settings.METRICS_FROM:
        raise Http404
    return ExportToDjangoView(request)


@require(Permission.VIEW_HEALTH)
def health(request: HttpRequest) -> HttpResponse:
    """Whether today's list is ready; steps, checks and seals only for those who look after the system or its trail."""
    now = clock.now()
    if not (request.user.may(Permission.RUN_DAILY) or request.user.may(Permission.VIEW_AUDIT)):
        runs = recent_runs(now=now, days=1)
        return render(request, "crm/health.html", {"is_technical": False, "current": runs[0] if runs else None})
    runs = recent_runs(now=now, days=_RUN_DAYS)
    context = {
        "is_technical": True,
        "runs": runs,
        "current": runs[0] if runs else None,
        "bad_runs": sum(run.is_bad for run in runs),
        "quarantine": open_quarantine(),
        "seal": _seal(),
        "checks": [(_LABELS[name], _verdict(check)) for name, check in _CHECKS.items()],
    }
    return render(request, "crm/health.html", context)


def _seal() -> dict:
    """The newest audit seal, and whether events have waited for the next one longer than they should."""
    seal = AuditSeal.objects.order_by("-number").first()
    newest = AuditEvent.objects.order_by("-id").values_list("at", flat=True).first()
    sealed_at = seal.sealed_at if seal else None
    waiting = newest is not None and (sealed_at is None or newest > sealed_at)
    return {
        "seal": seal,
        "is_late": waiting and clock.now() - newest > _SEAL_GRACE,
        "waiting_since": waiting and newest,
    }


def _verdict(check) -> str:
    """`ok`, or `broken`: what exactly is broken is for the log, not for the public."""
    try:
        return check()
    except Exception:
        log.exception("readiness check failed", check=check.__name__)
        return "broken"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


_is_migrated = False


def _migrations() -> str:
    """Once this process has seen its own migrations applied it need not look again; reading them all is slow."""
    global _is_migrated
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _is_migrated else "broken"


def _keys() -> str:
    return "ok" if decrypt(encrypt(_PROBE, _PROBE), _PROBE) == _PROBE else "broken"


def _redis() -> str:
    if not settings.REDIS_URL:
        return "not used"
    cache.set("readyz", 1, 5)
    return "ok" if cache.get("readyz") == 1 else "broken"


_CHECKS = {"database": _database, "migrations": _migrations, "keys": _keys, "redis": _redis}
_LABELS = {"database": "数据库", "migrations": "数据库版本", "keys": "加密密钥", "redis": "Redis"}
