"""The catalogue of delegated powers is a context of its own; its table stays where it is, and the old program reads it on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0018_joint_handling"),
        ("powers", "0001_catalogue"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="Power")],
        ),
    ]
