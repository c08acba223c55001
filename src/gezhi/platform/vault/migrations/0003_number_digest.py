from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_evidence_under_seal")]

    operations = [
        migrations.AddField(
            model_name="personalrecord",
            name="number_digest",
            field=models.CharField(blank=True, max_length=64, null=True, verbose_name="号码散列"),
        ),
        migrations.AddIndex(
            model_name="personalrecord",
            index=models.Index(fields=["number_digest"], name="vault_number"),
        ),
    ]
