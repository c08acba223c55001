"""Indexes for what a page counts and no index led to: what was handled in a span, and what needs attention."""

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
    ]
