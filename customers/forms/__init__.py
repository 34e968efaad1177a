"""Forms of the archive: clean text, scoped choices, and what a service refused shown at its field."""

from customers.forms.archive import CustomerCreateForm, CustomerForm
from customers.forms.dates import ImportantDateForm
from customers.forms.external import ExternalHoldingForm
from customers.forms.household import HouseholdForm
from customers.forms.people import PersonForm
from customers.forms.preferences import ContactPreferenceForm
from customers.forms.reveal import RevealForm
from customers.forms.strategy import StrategyForm

__all__ = [
    "ContactPreferenceForm",
    "CustomerCreateForm",
    "CustomerForm",
    "ExternalHoldingForm",
    "HouseholdForm",
    "ImportantDateForm",
    "PersonForm",
    "RevealForm",
    "StrategyForm",
]
