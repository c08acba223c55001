"""The catalogue of delegated powers, which stood among the cases: the same table, known to this context."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # It made the table.
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Power",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=40, unique=True, verbose_name="编码")),
                        ("name", models.CharField(max_length=120, verbose_name="事项名称")),
                        ("name_en", models.CharField(blank=True, max_length=160, verbose_name="英文名称")),
                        ("class_prefix", models.CharField(blank=True, max_length=12, verbose_name="对应类别")),
                        ("original_kind", models.CharField(max_length=24, verbose_name="原实施机关类别")),
                        ("level", models.CharField(max_length=10, verbose_name="下放层级")),
                        ("handle_limit", models.CharField(blank=True, max_length=20, verbose_name="办理时限")),
                        ("legal_basis", models.CharField(blank=True, max_length=300, verbose_name="依据")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("delegated", "已下放"),
                                    ("claimed", "已承接"),
                                    ("exercised", "行使中"),
                                    ("returned", "已交回"),
                                    ("withdrawn", "已收回"),
                                ],
                                default="delegated",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("valid_from", models.DateField(verbose_name="生效日期")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                    ],
                    options={"verbose_name": "下放权限", "db_table": "cases_power"},
                ),
            ],
        ),
    ]
