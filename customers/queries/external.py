"""他行资产 beside what is with us, and the share of the purse that is ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from customers.models import Customer, ExternalHolding


@dataclass(frozen=True)
class Wallet:
    """Amounts in yuan; `share` of ours in the whole that is known, None where nothing is known of either."""

    own: Decimal
    elsewhere: Decimal
    by_bank: dict[str, Decimal]

    @property
    def share(self) -> Decimal | None:
        whole = self.own + self.elsewhere
        return self.own / whole if whole > 0 else None


def wallet_of(customer: Customer, holdings: Sequence[ExternalHolding]) -> Wallet:
    by_bank: dict[str, Decimal] = {}
    for holding in holdings:
        by_bank[holding.bank] = by_bank.get(holding.bank, Decimal(0)) + holding.amount
    largest = dict(sorted(by_bank.items(), key=lambda pair: pair[1], reverse=True))
    return Wallet(max(customer.aum, Decimal(0)), sum(by_bank.values(), Decimal(0)), largest)
