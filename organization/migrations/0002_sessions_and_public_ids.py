import organization.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("organization", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key")),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("staff_id", models.BigIntegerField(db_index=True, null=True, verbose_name="员工编号")),
                ("signed_in_at", models.DateTimeField(null=True, verbose_name="登录时间")),
                ("ip", models.CharField(blank=True, default="", max_length=45, verbose_name="登录地址")),
            ],
            options={
                "verbose_name": "登录会话",
                "verbose_name_plural": "登录会话",
            },
        ),
        migrations.AddField(
            model_name="auditseal",
            name="last_id",
            field=models.PositiveBigIntegerField(default=0, verbose_name="最大行号"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="cover",
            name="public_id",
            field=models.CharField(
                default=organization.models.new_public_id, editable=False, max_length=22, unique=True
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="public_id",
            field=models.CharField(
                default=organization.models.new_public_id, editable=False, max_length=22, unique=True
            ),
        ),
    ]
