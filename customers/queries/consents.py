"""The consent ledger as it stands now: a small table of purposes and channels."""

from dataclasses import dataclass

from customers.enums import CHANNEL_PURPOSES, SEPARATE_PURPOSES, Channel, ConsentPurpose
from customers.models import Consent, Customer

_HISTORY_SHOWN = 30


@dataclass(frozen=True)
class Cell:
    """What the customer last said about one purpose by one channel; None: was never asked."""

    label: str
    consent: Consent | None

    @property
    def state(self) -> str:
        if self.consent is None:
            return "none"
        return "given" if self.consent.is_given else "withdrawn"


@dataclass(frozen=True)
class Line:
    purpose: ConsentPurpose
    is_separate: bool
    cells: list[Cell]

    @property
    def is_any_given(self) -> bool:
        return any(cell.state == "given" for cell in self.cells)


def standing_consents(customer: Customer) -> dict[tuple[str, str], Consent]:
    """(purpose, channel) → the latest act; one statement."""
    return _latest(customer.consents.order_by("happened_on", "pk"))


def consent_part(customer: Customer) -> dict:
    """The table, and the acts behind it, latest first; one statement."""
    acts = list(customer.consents.select_related("recorded_by").order_by("happened_on", "pk"))
    standing = _latest(acts)
    return {
        "consent_channels": list(Channel),
        "consent_table": [_line(purpose, standing, Channel) for purpose in CHANNEL_PURPOSES],
        "consent_others": [
            _line(purpose, standing, [""]) for purpose in ConsentPurpose if purpose not in CHANNEL_PURPOSES
        ],
        "consent_history": acts[: -_HISTORY_SHOWN - 1 : -1],
    }


def _latest(acts) -> dict[tuple[str, str], Consent]:
    return {(act.purpose, act.channel): act for act in acts}


def _line(purpose: ConsentPurpose, standing: dict[tuple[str, str], Consent], channels) -> Line:
    cells = [Cell(Channel(c).label if c else "", standing.get((purpose.value, str(c)))) for c in channels]
    return Line(purpose, purpose in SEPARATE_PURPOSES, cells)
