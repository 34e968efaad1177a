"""Rows of the customer archive, one noun per file."""

from customers.models.accounts import Account, AccountParty, BalanceSnapshot, Holding, MonthlyBalance, Product
from customers.models.compliance import Consent, RiskAssessment
from customers.models.customer import Customer, Person, SearchKey, StrategyChange, TierChange
from customers.models.dates import ImportantDate
from customers.models.documents import Document
from customers.models.imports import ImportBatch, ImportMapping, ImportRow, StagedBalance
from customers.models.referrals import Referral

__all__ = [
    "Account",
    "AccountParty",
    "BalanceSnapshot",
    "Consent",
    "Customer",
    "Document",
    "Holding",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportantDate",
    "MonthlyBalance",
    "Person",
    "Product",
    "Referral",
    "RiskAssessment",
    "SearchKey",
    "StagedBalance",
    "StrategyChange",
    "TierChange",
]
