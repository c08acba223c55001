"""Whoever takes a report in for somebody else is not its reporter: two columns where there was one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BATCH = 1_000


def tell_registrars_from_reporters(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Move accounts that reported in a role (the history says in which) to ``registered_by``, batch by batch."""
    Case = apps.get_model("cases", "Case")
    CaseEvent = apps.get_model("cases", "CaseEvent")
    last = 0
    while True:
        found = list(
            Case.objects.filter(pk__gt=last, reporter_user__isnull=False)
            .order_by("pk")
            .values_list("pk", "reporter_user_id")[:BATCH]
        )
        if not found:
            return
        last = found[-1][0]
        in_office = set(
            CaseEvent.objects.filter(case_id__in=[pk for pk, _ in found], version=1)
            .exclude(actor_role="resident")
            .values_list("case_id", flat=True)
        )
        Case.objects.filter(pk__in=in_office).update(registered_by_id=models.F("reporter_user_id"), reporter_user_id=None)


def take_them_together_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The way back: one column for both."""
    apps.get_model("cases", "Case").objects.filter(registered_by__isnull=False).update(
        reporter_user_id=models.F("registered_by_id")
    )


class Migration(migrations.Migration):
    # PostgreSQL cannot index a column in the transaction that has just filled it.
    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="registered_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记账号",
            ),
        ),
        migrations.RunPython(tell_registrars_from_reporters, take_them_together_again),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("registered_by__isnull", False)),
                fields=["registered_by", "-reported_at", "-id"],
                name="cases_registered_by",
            ),
        ),
        # One name for one thing: words only.
        migrations.AlterField(
            model_name="case",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="承办人",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="follow_digest",
            field=models.CharField(max_length=64, null=True, unique=True, verbose_name="查询码散列"),
        ),
    ]
