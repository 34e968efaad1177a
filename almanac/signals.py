"""What the calendar tells the apps above it."""

from django.dispatch import Signal

# Sent inside the transaction that changed the working days of a year, so that a receiver's work stands or falls
# with it. Arguments: year; changed, a tuple of the days that became working days or ceased to be; source; by, whoever
# did it (None for a command).
year_replaced = Signal()
