"""A form that is sent twice is carried out once (double click, back button, retry after a time-out).

The page renders `{% form_key %}`; the decorated view runs inside one transaction with the key's own row, so a crash
leaves neither. The second press is answered by the first one's redirect, or, for htmx, by a reload of the page. The same
key with something else in the form is not the second press: it is asked whether that is meant (RELIABILITY 4).
"""

import uuid
from collections.abc import Callable
from functools import wraps

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from organization import clock
from organization.crypto import blind_index
from organization.models import SubmittedForm
from ui.responses import toast

FORM_KEY = "form_key"
_NOT_CONTENT = (FORM_KEY, "csrfmiddlewaretoken")
_USED = "这张表单刚才已经提交过一次。如果确要再提交现在的内容，请再按一次保存。"


def once(view: Callable) -> Callable:
    """For POST views: the same `form_key` of the same person has one effect. Failed answers (4xx) are not kept."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        key = request.POST.get(FORM_KEY, "")[:36] if request.method == "POST" else ""
        if not key:
            return view(request, *args, **kwargs)
        content = _digest(request)
        with transaction.atomic():
            try:
                with transaction.atomic():
                    row = SubmittedForm.objects.create(
                        staff=request.user, key=key, path=request.path[:300], content=content, created_at=clock.now()
                    )
            except IntegrityError:
                first = SubmittedForm.objects.get(staff=request.user, key=key)
                return _replay(first) if first.content == content else _ask(request)
            response = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            row.answer = _kept(response)
            row.save(update_fields=["answer"])
            return response

    return guarded


def _digest(request: HttpRequest) -> str:
    """What is sent and where to, keyed: the row must not let anybody try out what a form said."""
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in _NOT_CONTENT)
    files = sorted((name, file.name, file.size) for name, file in request.FILES.items())
    return blind_index("submitted_form", repr((request.get_full_path(), fields, files)))


def _kept(response: HttpResponse) -> dict:
    """Status and headers only: no customer data is stored a second time."""
    return {
        "status": response.status_code,
        "headers": {k: v for k, v in response.items() if k.startswith("HX-") or k == "Location"},
    }


def _replay(row: SubmittedForm) -> HttpResponse:
    answer = row.answer or {"status": 200, "headers": {}}
    if answer["status"] == 302:
        return HttpResponseRedirect(answer["headers"]["Location"])
    return HttpResponse(status=204, headers=answer["headers"] | {"HX-Refresh": "true"})


def _ask(request: HttpRequest) -> HttpResponse:
    """Nothing is carried out and nothing typed is lost: the form, here or on a page of its own, goes on with a new key."""
    key = str(uuid.uuid4())
    if request.htmx:
        response = HttpResponse(_USED, status=422, content_type="text/plain; charset=utf-8")
        response["HX-Reswap"] = "none"
        return trigger_client_event(toast(response, _USED, level="error"), "form:rekey", {"key": key})
    typed = [(name, value) for name, values in request.POST.lists() if name not in _NOT_CONTENT for value in values]
    context = {"typed": typed, "key": key, "has_files": bool(request.FILES)}
    return render(request, "organization/form_used.html", context, status=422)
