"""Holdings: term deposits, wealth products, loans and cards, with the anniversaries that come with a loan or a card."""

from datetime import date, timedelta
from typing import Any

from customers.enums import DateKind, ImportKind, ProductCategory
from customers.importing.bulk import update_rows
from customers.importing.important_dates import schedule
from customers.importing.kinds.base import NOT_YOURS, Done, Plan, Products, RowImporter
from customers.importing.mapping import Line
from customers.models import Account, Customer, Holding, ImportantDate
from customers.parameters import MATURITY_LEAD_DAYS
from organization import clock
from organization.bulk import AT_ONCE
from organization.parameters import parameter

_ANNIVERSARIES = {
    ProductCategory.LOAN: DateKind.LOAN_ISSUED,
    ProductCategory.CREDIT_CARD: DateKind.CARD_ISSUED,
    ProductCategory.DEBIT_CARD: DateKind.CARD_ISSUED,
}


class HoldingImporter(RowImporter):
    kind = ImportKind.HOLDINGS
    model = Holding
    attributes = (
        "reference", "customer_id", "unit_id", "account_id", "product_id", "amount", "rate", "bought_on", "matures_on",
        "closed_on",
    )  # fmt: skip
    touched = ("remind_on",)

    def __init__(self, scope):
        super().__init__(scope)
        self._products = Products()
        self._accounts: dict[str, Account] = {}
        self._customers: dict[str, Customer] = {}
        self._today = clock.today()
        self._leads = parameter(MATURITY_LEAD_DAYS, self._today)

    def key(self, values: dict[str, Any]) -> str:
        return values["reference"]

    def load(self, lines: list[Line]) -> dict[str, Holding]:
        self._accounts = self.accounts(line.values["account"] for line in lines if "account" in line.values)
        self._customers = self.customers(line.values["customer"] for line in lines if "customer" in line.values)
        references = {line.values["reference"] for line in lines}
        return {row.reference: row for row in self.everything().filter(reference__in=references)}

    def fill(self, obj: Holding, values: dict[str, Any], errors: list[str]) -> None:
        account, customer = self._parties(values, errors)
        product = self._products.get(values["product"])
        if product is None:
            errors.append(f"产品{values['product']}不存在，请先由管理员登记")
        if obj.pk is not None and customer is not None and obj.customer_id != customer.pk:
            errors.append("该持仓已登记在其他客户名下")
        bought_on, matures_on = values["bought_on"], values.get("matures_on")
        if matures_on and matures_on < bought_on:
            errors.append("到期日期早于起始日期")
        if values.get("closed_on") and values["closed_on"] < bought_on:
            errors.append("结清日期早于起始日期")
        if errors:
            return
        obj.reference, obj.customer, obj.product, obj.account = values["reference"], customer, product, account
        obj.unit_id = obj.unit_id or customer.unit_id
        obj.amount, obj.bought_on = values["amount"], bought_on
        obj.rate = values.get("rate", obj.rate)
        has_moved = obj.pk is None or (matures_on or obj.matures_on) != obj.matures_on
        obj.matures_on = matures_on or obj.matures_on
        obj.closed_on = values.get("closed_on") or obj.closed_on
        if obj.closed_on:
            obj.remind_on = None
        elif has_moved:
            obj.remind_on = next_reminder(obj.matures_on, self._leads, self._today)

    def _parties(self, values: dict[str, Any], errors: list[str]) -> tuple[Account | None, Customer | None]:
        account = self._accounts.get(values["account"]) if "account" in values else None
        customer = self._customers.get(values["customer"]) if "customer" in values else None
        if "account" in values and account is None:
            errors.append(f"账户标识{values['account']}{NOT_YOURS}")
        if "customer" in values and customer is None:
            errors.append(f"客户号{values['customer']}{NOT_YOURS}")
        if "customer" not in values:
            customer = account.customer if account else None
            if "account" not in values:
                errors.append("客户号和账户标识至少填一项")
        return account, customer

    def written(self, plans: list[Plan]) -> None:
        """The anniversary of a new loan or card."""
        dates = [date_of(plan.obj) for plan in plans if plan.was is None and anniversary_kind(plan.obj)]
        for item in dates:
            schedule(item, self._today)
        ImportantDate.objects.bulk_create(dates, batch_size=AT_ONCE, ignore_conflicts=True)

    def removing(self, pks: list[int]) -> None:
        rows = self.everything().filter(pk__in=pks).select_related("product")
        came = {(row.customer_id, date_of(row).label) for row in rows if anniversary_kind(row)}
        dates = ImportantDate.objects.unscoped("dates that came with the rows").filter(
            customer__in={customer for customer, _ in came}, kind__in=set(_ANNIVERSARIES.values()), person=None
        )
        gone = [pk for pk, *key in dates.values_list("pk", "customer_id", "label") if tuple(key) in came]
        dates.filter(pk__in=gone).delete()

    def reverted(self, rows: list[Holding], done: list[Done]) -> None:
        for row in rows:
            row.remind_on = None if row.closed_on else next_reminder(row.matures_on, self._leads, self._today)
        update_rows(Holding, rows, ["remind_on"])


def anniversary_kind(holding: Holding) -> DateKind | None:
    return _ANNIVERSARIES.get(ProductCategory(holding.product.category))


def date_of(holding: Holding) -> ImportantDate:
    """The yearly date of a loan or card, named after its product and the end of its reference, which tells two apart."""
    kind = anniversary_kind(holding)
    day = holding.bought_on
    return ImportantDate(
        customer_id=holding.customer_id, unit_id=holding.unit_id, kind=kind,
        label=f"{holding.product.name[:24]}{kind.label}（{holding.reference[-6:]}）"[:40],
        month=day.month, day=day.day, year=day.year,
    )  # fmt: skip


def next_reminder(matures_on: date | None, leads: list[int], today: date) -> date | None:
    """The lead day that the daily run must look at next. What is known late it tells late, what ended long ago it drops."""
    if matures_on is None:
        return None
    days = sorted(matures_on - timedelta(days=lead) for lead in leads)
    passed = [day for day in days if day <= today]
    return passed[-1] if passed else days[0]
