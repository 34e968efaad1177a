from django.db import migrations

# A row that is written anew beside its old self needs no new index entries: beats that were raised, tasks that were
# levelled (ADR 8). SQLite has no such room to leave, and writes in place.
_FILLED = {"maintenance_contactbeat": 80, "maintenance_maintenancetask": 70}


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, percent in _FILLED.items():
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = {percent})")


def pack(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in _FILLED:
            schema_editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [
        ("maintenance", "0004_only_indexes_a_query_needs"),
    ]

    operations = [migrations.RunPython(leave_room, pack)]
