from django.db import migrations

from organization import audit_guard


def install(apps, schema_editor):
    audit_guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    audit_guard.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ("organization", "0002_sessions_and_public_ids"),
    ]

    operations = [migrations.RunPython(install, remove)]
