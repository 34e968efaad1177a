"""The papers of a customer, kind by kind, against the list of what should be there."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from customers.enums import DocumentKind
from customers.models import Customer, Document
from customers.parameters import DOCUMENT_CHECKLIST, DOCUMENT_REMIND_DAYS
from organization.parameters import parameter


@dataclass
class Papers:
    """One kind: the present version, and the older ones; `state` is missing, expired, expiring, kept or none."""

    kind: DocumentKind
    is_wanted: bool
    state: str = "none"
    present: Document | None = None
    older: list[Document] = field(default_factory=list)


def documents_part(customer: Customer, today: date) -> dict:
    """Every kind that should be there or is; one statement."""
    found: dict[str, list[Document]] = {}
    for document in customer.documents.kept().select_related("uploaded_by").order_by("-version"):
        found.setdefault(document.kind, []).append(document)
    wanted = parameter(DOCUMENT_CHECKLIST, today)
    soon = today + timedelta(days=parameter(DOCUMENT_REMIND_DAYS, today))
    papers = [_papers(kind, kind in wanted, found.get(kind.value, []), today, soon) for kind in DocumentKind]
    return {"papers": [one for one in papers if one.is_wanted or one.present]}


def _papers(kind: DocumentKind, is_wanted: bool, documents: list[Document], today: date, soon: date) -> Papers:
    if not documents:
        return Papers(kind, is_wanted, "missing" if is_wanted else "none")
    present, *older = documents
    state = "kept"
    if present.valid_until and present.valid_until < today:
        state = "expired"
    elif present.valid_until and present.valid_until <= soon:
        state = "expiring"
    return Papers(kind, is_wanted, state, present, older)
