"""Accounts and who may dispose of them."""

from typing import Any

from customers.enums import ImportKind, PartyRole, Verdict
from customers.importing.bulk import insert_rows
from customers.importing.kinds.base import NOT_YOURS, Plan, Products, RowImporter, Units
from customers.importing.mapping import Line
from customers.models import Account, AccountParty
from customers.services.identifiers import set_account_number
from organization import clock


class AccountImporter(RowImporter):
    kind = ImportKind.ACCOUNTS
    model = Account
    attributes = (
        "reference", "customer_id", "unit_id", "product_id", "number", "number_index", "currency", "opened_on", "closed_on",
    )  # fmt: skip
    # The owner is made a party with the account.
    own_relations = frozenset({"customers.accountparty"})

    def __init__(self, scope):
        super().__init__(scope)
        self._products, self._units = Products(), Units()
        self._customers: dict[str, Any] = {}

    def key(self, values: dict[str, Any]) -> str:
        return values["reference"]

    def load(self, lines: list[Line]) -> dict[str, Account]:
        self._customers = self.customers(line.values["customer"] for line in lines)
        references = {line.values["reference"] for line in lines}
        return {row.reference: row for row in self.everything().filter(reference__in=references)}

    def fill(self, obj: Account, values: dict[str, Any], errors: list[str]) -> None:
        customer = self._customers.get(values["customer"])
        product = self._products.get(values["product"])
        unit = self._units.get(values["unit"]) if "unit" in values else None
        if customer is None:
            errors.append(f"客户号{values['customer']}{NOT_YOURS}")
        elif obj.pk is not None and obj.customer_id != customer.pk:
            errors.append("账户已登记在其他客户名下，不能通过导入改户主")
        if product is None:
            errors.append(f"产品{values['product']}不存在，请先由管理员登记")
        if "unit" in values and unit is None:
            errors.append(f"机构号{values['unit']}不存在")
        closed_on = values.get("closed_on")
        if values["opened_on"] > clock.today():
            errors.append("开户日期不能晚于今天")
        if closed_on and closed_on < values["opened_on"]:
            errors.append("销户日期早于开户日期")
        if errors:
            return
        obj.reference, obj.customer, obj.product = values["reference"], customer, product
        if unit is not None or obj.pk is None:
            obj.unit = unit or customer.unit
        if "number" in values:
            set_account_number(obj, values["number"])
        obj.currency = values.get("currency") or obj.currency
        obj.opened_on = values["opened_on"]
        obj.closed_on = closed_on or obj.closed_on

    def written(self, plans: list[Plan]) -> None:
        insert_rows(
            AccountParty,
            [
                AccountParty(
                    account=plan.obj, customer_id=plan.obj.customer_id, role=PartyRole.OWNER,
                    unit_id=self._unit_of(plan.obj),
                )
                for plan in plans
                if plan.verdict == Verdict.CREATE
            ],
        )  # fmt: skip

    def _unit_of(self, account: Account) -> int:
        return account.customer.unit_id

    def used(self, created: list[int]) -> set[int]:
        """The owner's own entry among the parties is the import's; anybody else's was added since."""
        others = AccountParty.objects.unscoped("what an undo would delete").filter(account__in=created)
        added = others.exclude(role=PartyRole.OWNER).order_by().values_list("account", flat=True)
        return super().used(created) | set(added)


class PartyImporter(RowImporter):
    kind = ImportKind.PARTIES
    model = AccountParty
    attributes = ("account_id", "customer_id", "unit_id", "role")

    def __init__(self, scope):
        super().__init__(scope)
        self._accounts: dict[str, Account] = {}
        self._customers: dict[str, Any] = {}

    def key(self, values: dict[str, Any]) -> str:
        return f"{values['account']}:{values['customer']}"[:64]

    def load(self, lines: list[Line]) -> dict[str, AccountParty]:
        self._accounts = self.accounts(line.values["account"] for line in lines)
        self._customers = self.customers(line.values["customer"] for line in lines)
        rows = self.everything().filter(account__in=[account.pk for account in self._accounts.values()])
        references = {account.pk: reference for reference, account in self._accounts.items()}
        numbers = {customer.pk: number for number, customer in self._customers.items()}
        return {
            f"{references[row.account_id]}:{numbers[row.customer_id]}"[:64]: row
            for row in rows
            if row.customer_id in numbers
        }

    def fill(self, obj: AccountParty, values: dict[str, Any], errors: list[str]) -> None:
        account, customer = self._accounts.get(values["account"]), self._customers.get(values["customer"])
        if account is None:
            errors.append(f"账户标识{values['account']}{NOT_YOURS}")
        if customer is None:
            errors.append(f"客户号{values['customer']}{NOT_YOURS}")
        if errors:
            return
        is_owner = account.customer_id == customer.pk
        if is_owner != (values["role"] == PartyRole.OWNER):
            errors.append("身份与账户登记的户主不一致")
            return
        obj.account, obj.customer, obj.role = account, customer, values["role"]
        obj.unit_id = obj.unit_id or customer.unit_id
