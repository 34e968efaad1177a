"""Rows of the customer archive, one noun per file."""

from customers.models.accounts import Account, AccountParty, BalanceSnapshot, Holding, MonthlyBalance, Product
from customers.models.bulk import BulkChange, BulkWork, Export
from customers.models.customer import Customer, Person, SearchKey, StrategyChange, TierChange
from customers.models.dates import ImportantDate
from customers.models.handovers import HandOver, HandOverLine, HandOverTaker
from customers.models.imports import ImportBatch, ImportMapping, ImportRow, StagedBalance
from customers.models.segments import Segment, SegmentMembership, SegmentVersion

__all__ = [
    "Account",
    "AccountParty",
    "BalanceSnapshot",
    "BulkChange",
    "BulkWork",
    "Customer",
    "Export",
    "HandOver",
    "HandOverLine",
    "HandOverTaker",
    "Holding",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportantDate",
    "MonthlyBalance",
    "Person",
    "Product",
    "SearchKey",
    "Segment",
    "SegmentMembership",
    "SegmentVersion",
    "StagedBalance",
    "StrategyChange",
    "TierChange",
]
