"""Rows of the customer archive, one noun per file."""

from customers.models.accounts import Account, AccountParty, BalanceSnapshot, Holding, MonthlyBalance, Product
from customers.models.customer import Customer, Person, SearchKey, StrategyChange, TierChange
from customers.models.dates import ImportantDate
from customers.models.external import ExternalHolding
from customers.models.household import Household, HouseholdMember
from customers.models.imports import ImportBatch, ImportMapping, ImportRow, StagedBalance
from customers.models.profile import ContactPreference, CustomerProfile, FieldSource

__all__ = [
    "Account",
    "AccountParty",
    "BalanceSnapshot",
    "ContactPreference",
    "Customer",
    "CustomerProfile",
    "ExternalHolding",
    "FieldSource",
    "Holding",
    "Household",
    "HouseholdMember",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportantDate",
    "MonthlyBalance",
    "Person",
    "Product",
    "SearchKey",
    "StagedBalance",
    "StrategyChange",
    "TierChange",
]
