"""Errors that are meant for people."""


class RuleViolation(Exception):
    """A rule of the policy or of the data says no. The message is one Chinese sentence that says what and how to mend it."""


class StaleVersion(RuleViolation):
    """Somebody saved the row between this person's reading and saving."""


class UnscopedQuery(RuntimeError):
    """Inside a request a scoped table was read through neither visible_to() nor unscoped(reason): a bug, not a user error."""
