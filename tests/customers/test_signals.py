"""Many changes, one announcement."""

import pytest

from customers.signals import announced_together, maintenance_changed
from tests.world import TODAY


@pytest.fixture
def heard():
    calls = []

    def listen(sender, customer_ids, **kwargs):
        calls.append(list(customer_ids))

    receivers, maintenance_changed.receivers = maintenance_changed.receivers, []
    maintenance_changed.sender_receivers_cache.clear()
    maintenance_changed.connect(listen)
    yield calls
    maintenance_changed.receivers = receivers
    maintenance_changed.sender_receivers_cache.clear()


def test_changes_are_announced_once_and_together(heard):
    with announced_together(on=TODAY, by=None):
        maintenance_changed.send(sender=None, customer_ids=[2, 1], on=TODAY, by=None)
        maintenance_changed.send(sender=None, customer_ids=[1, 3], on=TODAY, by=None)
        assert heard == []
    assert heard == [[1, 2, 3]]


def test_nothing_is_announced_when_the_changes_failed(heard):
    with pytest.raises(ValueError, match="half way"), announced_together(on=TODAY, by=None):
        maintenance_changed.send(sender=None, customer_ids=[1], on=TODAY, by=None)
        raise ValueError("half way")
    maintenance_changed.send(sender=None, customer_ids=[9], on=TODAY, by=None)
    assert heard == [[9]]
