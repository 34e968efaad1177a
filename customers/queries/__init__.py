"""What the pages of the archive read; every function starts from `visible_to(staff)`."""

from customers.queries.lists import LIST_SORTS, contact_due, customer_list
from customers.queries.page import customer_page
from customers.queries.search import search_condition, search_customers

__all__ = ["LIST_SORTS", "contact_due", "customer_list", "customer_page", "search_condition", "search_customers"]
