"""Rows of the customer archive, one noun per file."""

from customers.models.accounts import Account, AccountParty, BalanceSnapshot, Holding, MonthlyBalance, Product
from customers.models.bulk import BulkChange, BulkWork, Export
from customers.models.compliance import Consent, RiskAssessment
from customers.models.customer import Customer, Person, SearchKey, StrategyChange, TierChange
from customers.models.dates import ImportantDate
from customers.models.documents import Document
from customers.models.external import ExternalHolding
from customers.models.handovers import HandOver, HandOverLine, HandOverTaker
from customers.models.household import Household, HouseholdMember
from customers.models.imports import ImportBatch, ImportMapping, ImportRow, StagedBalance
from customers.models.merges import Merge, NotSame
from customers.models.profile import ContactPreference, CustomerProfile, FieldSource
from customers.models.referrals import Referral
from customers.models.segments import Segment, SegmentMembership, SegmentVersion

__all__ = [
    "Account",
    "AccountParty",
    "BalanceSnapshot",
    "BulkChange",
    "BulkWork",
    "Consent",
    "ContactPreference",
    "Customer",
    "CustomerProfile",
    "Document",
    "Export",
    "ExternalHolding",
    "FieldSource",
    "HandOver",
    "HandOverLine",
    "HandOverTaker",
    "Holding",
    "Household",
    "HouseholdMember",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportantDate",
    "Merge",
    "MonthlyBalance",
    "NotSame",
    "Person",
    "Product",
    "Referral",
    "RiskAssessment",
    "SearchKey",
    "Segment",
    "SegmentMembership",
    "SegmentVersion",
    "StagedBalance",
    "StrategyChange",
    "TierChange",
]
