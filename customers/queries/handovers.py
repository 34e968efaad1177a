"""Hand-overs: who may give, who may take, which there are, what each taker would have before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from customers.enums import CustomerStatus, HandOverLineState, HandOverState
from customers.models import Customer, HandOver, HandOverLine
from customers.models.handovers import PENDING_STATES
from customers.policies import can_assign_manager
from organization.models import Staff
from organization.policies import SERVING_ROLES

HANDOVER_SORTS = {"at": "created_at", "starts": "starts_on"}
LINE_SORTS = {"average": "customer__monthly_avg_daily_aum"}
WAITING_STATES = (HandOverState.DRAFT, *PENDING_STATES, HandOverState.IN_EFFECT)
# Over without the customers being with the taker: whoever took part reads on only what he sees anyhow.
_BACK_STATES = (HandOverState.RETURNED, HandOverState.DECLINED, HandOverState.CANCELLED, HandOverState.UNDONE)


@dataclass(frozen=True)
class Share:
    """What a taker manages now and what he is to get; amounts in yuan."""

    taker: Staff
    signed_at: object
    now: int
    now_aum: Decimal
    given: int
    given_aum: Decimal

    @property
    def after(self) -> int:
        return self.now + self.given

    @property
    def after_aum(self) -> Decimal:
        return self.now_aum + self.given_aum


def givers_for(staff: Staff) -> QuerySet[Staff]:
    """Whose customers this person may propose to hand over: his own, or of those he leads; also of people who have left."""
    managed = Customer.objects.unscoped("whether there is one").active().filter(manager=OuterRef("pk"))
    people = Staff.objects.filter(Exists(managed)).select_related("unit")
    if not can_assign_manager(staff):
        return people.filter(pk=staff.pk)
    leads = Q(unit__in=staff.unit_ids()) if staff.role not in SERVING_ROLES else Q(pk__in=staff.team_ids())
    return people.filter(leads)


def takers_for(staff: Staff) -> QuerySet[Staff]:
    """Who may be asked to take customers: those who serve customers in the person's unit and below. Who can only give his
    own does not take them."""
    serving = Staff.objects.filter(is_active=True, role__in=SERVING_ROLES, unit__in=staff.unit_ids())
    serving = serving if can_assign_manager(staff) else serving.exclude(pk=staff.pk)
    return serving.select_related("unit")


def handovers_of(staff: Staff) -> QuerySet[HandOver]:
    """Those that concern this person, with everybody who takes part."""
    rows = HandOver.objects.unscoped("narrowed by the condition that follows").concerning(staff)
    return rows.select_related(
        "giver__unit", "giver__supervisor", "unit", "created_by", "confirmed_by"
    ).prefetch_related("takers__taker__unit")


def handover_list(staff: Staff, *, over: bool) -> QuerySet[HandOver]:
    """Those under way, or those that are over, with the number of customers."""
    rows = handovers_of(staff)
    rows = rows.exclude(state__in=WAITING_STATES) if over else rows.filter(state__in=WAITING_STATES)
    return rows.annotate(customers=Count("lines"))


def busy_customers(*, besides: HandOver | None = None) -> QuerySet[HandOverLine]:
    """Lines of customers who stand in a hand-over that is agreed or about to be, or who are with somebody for a time."""
    pending = Q(handover__state__in=PENDING_STATES, state=HandOverLineState.PLANNED)
    lent = Q(handover__state=HandOverState.IN_EFFECT, state=HandOverLineState.MOVED)
    lines = HandOverLine.objects.unscoped("whether a customer stands in one").filter(pending | lent)
    return lines.exclude(handover=besides) if besides else lines


def free_customers(giver: Staff) -> QuerySet[Customer]:
    """The customers somebody may hand over: whose archive is in use, and who stand in no other hand-over."""
    own = Customer.objects.unscoped("of a giver in scope").active().filter(manager=giver)
    return own.exclude(Exists(busy_customers().filter(customer=OuterRef("pk"))))


def lines_of(staff: Staff, handover: HandOver) -> QuerySet[HandOverLine]:
    """The customers of a hand-over as its parties may read them: all of them while it goes on and where it has been done."""
    lines = handover.lines.select_related("customer__manager", "taker").defer(
        "customer__id_number", "customer__mobile", "customer__address", "customer__email", "customer__note"
    )
    if handover.state in _BACK_STATES:
        lines = lines.filter(customer__in=Customer.objects.visible_to(staff).order_by().values("pk"))
    return lines


def shares_of(handover: HandOver) -> list[Share]:
    """Every taker's customers before and after, in two statements."""
    takers = list(handover.takers.all())
    managed = Customer.objects.unscoped("counts of the takers").filter(
        status=CustomerStatus.ACTIVE, manager__in=[taker.taker_id for taker in takers]
    )
    before = _totals(managed.order_by().values_list("manager").annotate(Count("pk"), Sum("aum")))
    planned = handover.lines.filter(state=HandOverLineState.PLANNED).order_by()
    given = _totals(planned.values_list("taker").annotate(Count("pk"), Sum("customer__aum")))
    nothing = (0, Decimal(0))
    return [
        Share(
            taker.taker, taker.signed_at, *before.get(taker.taker_id, nothing), *given.get(taker.taker_id, nothing)
        )
        for taker in takers
    ]  # fmt: skip


def _totals(rows: Sequence) -> dict[int, tuple[int, Decimal]]:
    return {person: (count, total or Decimal(0)) for person, count, total in rows}


def results_of(handover: HandOver) -> dict[str, int]:
    """How many customers by what became of them."""
    counted = handover.lines.order_by().values_list("state").annotate(many=Count("pk"))
    return {HandOverLineState(state).label: many for state, many in counted}
