from django.db import migrations

# Every import of balances writes accounts and customers anew, in columns that stand in no index: beside its old self a
# row then needs no new index entries. SQLite has no such room to leave, and writes in place.
_TABLES = ("customers_account", "customers_customer")


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in _TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


def pack(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in _TABLES:
            schema_editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_only_indexes_a_query_needs"),
    ]

    operations = [migrations.RunPython(leave_room, pack)]
