"""Sessions in the database that know whose they are (setting SESSION_ENGINE)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

# Written at sign-in by organization.receivers, as seconds and text, because session data is JSON.
SIGNED_IN_AT = "signed_in_at"
SIGNED_IN_FROM = "signed_in_from"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls):
        from organization.models import StaffSession

        return StaffSession

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        staff_id = data.get(SESSION_KEY)
        row.staff_id = int(staff_id) if staff_id else None
        if data.get(SIGNED_IN_AT):
            row.signed_in_at = datetime.fromtimestamp(data[SIGNED_IN_AT], ZoneInfo(settings.TIME_ZONE))
            row.ip = data.get(SIGNED_IN_FROM, "")
        return row
