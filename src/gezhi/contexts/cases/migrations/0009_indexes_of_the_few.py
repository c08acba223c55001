"""Indexes for what pages ask for and no index led to: what was handled in a span, by whom, and what needs attention."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_steps_are_called_steps")]

    operations = [
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
