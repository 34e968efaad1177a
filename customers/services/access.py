"""Fetch and check in one call: the row a service is going to change, locked and within the scope of who changes it."""

from customers.models import Customer
from organization.exceptions import RuleViolation
from organization.models import Staff

NOT_YOURS = "没有找到该客户，或客户已不在您的管户范围内。"


def locked_customer(customer: Customer, by: Staff | None) -> Customer:
    """The customer as it stands now, locked until the end of the transaction; `by` is None for the system itself."""
    rows = Customer.objects.unscoped("a job without a person") if by is None else Customer.objects.visible_to(by)
    row = rows.select_for_update().filter(pk=customer.pk).first()
    if row is None:
        raise RuleViolation(NOT_YOURS)
    return row
