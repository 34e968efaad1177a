import pytest

from customers.signals import maintenance_changed


@pytest.fixture
def alone(monkeypatch):
    """The archive without the floors above it: nobody listens to what it announces."""
    monkeypatch.setattr(maintenance_changed, "receivers", [])
