"""Fast stand-ins for the slow hashers of production."""

from django_password_validators.password_history.hashers import HistoryHasher


class FastHistoryHasher(HistoryHasher):
    iterations = 1
