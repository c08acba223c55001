"""Say which side a picture came from, and empty the columns that held where and when it was taken.

What was uploaded by a follow code has no account, and is the reporter's; everything else counts as staff's.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BATCH = 1_000


def _in_batches(attachments: models.Manager[models.Model], wanted: models.Q, **values: object) -> None:
    while True:
        keys = list(attachments.filter(wanted).values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        attachments.filter(pk__in=keys).update(**values)


def clear(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    attachments = apps.get_model("files", "Attachment").objects.using(schema_editor.connection.alias)
    held = models.Q(taken_at__isnull=False) | models.Q(taken_lon__isnull=False) | models.Q(taken_lat__isnull=False)
    _in_batches(attachments, held, taken_at=None, taken_lon=None, taken_lat=None)
    _in_batches(attachments, models.Q(created_by__isnull=True, side="staff"), side="reporter")


class Migration(migrations.Migration):
    # Batches commit one by one: nobody waits for the whole table.
    atomic = False

    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="side",
            field=models.CharField(
                choices=[("reporter", "上报方"), ("staff", "工作方")],
                db_default="staff",
                default="staff",
                max_length=10,
                verbose_name="提供方",
            ),
        ),
        migrations.RunPython(clear, migrations.RunPython.noop, elidable=True),
    ]
