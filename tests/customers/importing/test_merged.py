"""Files that still use the number of an archive that was merged into another one."""

import pytest

from customers.enums import CustomerStatus
from customers.queries.duplicates import standing_for
from customers.services.duplicates import merge_customers

pytestmark = pytest.mark.django_db


def test_a_merged_number_means_the_archive_that_was_kept_along_every_merge(world):
    first, second, third = (world.customer("张伟") for _ in range(3))
    merge_customers(by=world.supervisor, kept=second, merged=first, taken=[], reason="同一人")
    merge_customers(by=world.supervisor, kept=third, merged=second, taken=[], reason="同一人")
    first.refresh_from_db()
    assert standing_for([first, third]) == {first.number: third, third.number: third}


def test_a_merged_archive_is_not_filled_again(importing, world):
    merged = world.customer("张伟", status=CustomerStatus.MERGED)
    batch = importing.check("customers", f"客户号,姓名\n{merged.number},张大伟\n".encode())
    assert batch.error_count == 1
    merged.refresh_from_db()
    assert merged.name == "张伟"


def test_no_file_makes_an_archive_merged(importing, world):
    customer = world.customer("张伟")
    batch = importing.check("customers", f"客户号,姓名,状态\n{customer.number},张伟,已合并\n".encode())
    assert batch.error_count == 1
