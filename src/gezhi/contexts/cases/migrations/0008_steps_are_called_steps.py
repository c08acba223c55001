"""Call the history of a case its steps, as everywhere else. The table keeps its name: nothing changes in the database."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_fallback_class")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("CaseEvent", "CaseStep"),
                migrations.AlterModelTable("CaseStep", "cases_caseevent"),
                migrations.AlterField(
                    "casestep",
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="cases.case",
                        verbose_name="工单",
                    ),
                ),
            ]
        )
    ]
