"""Indexes for what pages ask for and no index led to: what was handled in a span, by whom, and what needs attention."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("cases", "0008_steps_are_called_steps"),
    ]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="reporter_user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="上报账号",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["reporter_user", "-reported_at", "-id"],
                name="cases_reporter_user",
                condition=models.Q(reporter_user__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["assignee", "-reported_at", "-id"],
                name="cases_assigned",
                condition=models.Q(assignee__isnull=False),
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_assignee"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["handled_at"], name="cases_handled_at", condition=models.Q(handled_at__isnull=False)
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["-reported_at", "-id"], name="cases_attention", condition=models.Q(needs_attention=True)
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["status", "due_at", "district", "street", "community", "grid", "organisation", "assignee", "city"],
                name="cases_open",
                condition=models.Q(closed_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["handled_by", "-reported_at", "-id"],
                name="cases_handled_by",
                condition=models.Q(handled_by__isnull=False),
            ),
        ),
    ]
