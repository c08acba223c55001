"""Mark which classes may be told to anybody who stands close by. Of tables that ship, things in the street are; of a city's
own table nothing is until the city says so."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SHIPPED = ("shipped", "GB/T 30428.2 + demo")
PUBLIC = """
E0104 E0110 E0111 E0112 E0113 E0114 E0117 E0118 E0121 E0125 E0126 E0131 E0132 E0133 E0135 E0136 E0137 E0192
E0190 E0183 E0180 E0179 E0201 E0205 E0207 E0299 E0302 E0303 E0304 E0305 E0306 E0307 E0308 E0309 E0310 E0312
E0399 E0398 E0397 E0396 E0410 E0496 E0493 E0501 E0502 E0503 E0504 E0505 E0506 E0507 E0508 E0698 C0101 C0102
C0103 C0104 C0106 C0110 C0111 C0114 C0118 C0123 C0125 C0126 C0127 C0128 C0129 C0130 C0131 C0137 C0138 C0139
C0140 C0145 C0146 C0149 C0152 C0154 C0157 C0199 C0193 C0192 C0190 C0188 C0186 C0181 C0180 C0179 C0178 C0201
C0204 C0206 C0207 C0208 C0209 C0211 C0212 C0217 C0219 C0220 C0221 C0224 C0225 C0230 C0299 C0286 C0285 C0284
C0283 C0301 C0302 C0303 C0304 C0305 C0306 C0307 C0308 C0397 C0396 C0401 C0402 C0404 C0405 C0406 C0407 C0408
C0409 C0410 C0499 C0498 C0497 C0496 C0495 C0494 C0493 C0503 C0504 C0506 C0507 C0508 C0598 S0301
"""


def mark(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    classes = apps.get_model("cases", "CaseClass").objects.using(schema_editor.connection.alias)
    classes.filter(scheme__code__in=SHIPPED, code__in=PUBLIC.split()).update(is_public=True)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_registered_by")]

    operations = [
        migrations.AddField(
            model_name="caseclass",
            name="is_public",
            field=models.BooleanField(db_default=False, default=False, verbose_name="可公开"),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
