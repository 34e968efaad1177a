"""Forms of the archive: clean text, scoped choices, and what a service refused shown at its field."""

from customers.forms.archive import CustomerCreateForm, CustomerForm
from customers.forms.consents import ConsentRecordForm
from customers.forms.dates import ImportantDateForm
from customers.forms.documents import DocumentForm, RemoveDocumentForm
from customers.forms.duplicates import MergeForm, SetAsideForm, UndoMergeForm
from customers.forms.external import ExternalHoldingForm
from customers.forms.household import HouseholdForm
from customers.forms.people import PersonForm
from customers.forms.preferences import ContactPreferenceForm
from customers.forms.referrals import LinkReferralForm, ReferralForm, WithdrawReferralForm
from customers.forms.reveal import RevealForm
from customers.forms.risk import RiskAssessmentForm, StaleForm
from customers.forms.strategy import StrategyForm

__all__ = [
    "ConsentRecordForm",
    "ContactPreferenceForm",
    "CustomerCreateForm",
    "CustomerForm",
    "DocumentForm",
    "ExternalHoldingForm",
    "HouseholdForm",
    "ImportantDateForm",
    "LinkReferralForm",
    "MergeForm",
    "PersonForm",
    "ReferralForm",
    "RemoveDocumentForm",
    "RevealForm",
    "RiskAssessmentForm",
    "SetAsideForm",
    "StaleForm",
    "StrategyForm",
    "UndoMergeForm",
    "WithdrawReferralForm",
]
