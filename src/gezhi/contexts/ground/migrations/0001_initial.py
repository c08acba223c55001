
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='GroundSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='编码')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('licence', models.CharField(blank=True, max_length=300, verbose_name='许可与署名')),
                ('laid_at', models.DateTimeField(verbose_name='入库时间')),
                ('features', models.PositiveIntegerField(verbose_name='要素数')),
            ],
            options={
                'verbose_name': '底图来源',
            },
        ),
        migrations.CreateModel(
            name='GroundFeature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('layer', models.CharField(choices=[('water', 'water'), ('green', 'green'), ('waterway', 'waterway'), ('rail', 'rail'), ('road', 'road'), ('building', 'building'), ('entrance', 'entrance'), ('landmark', 'landmark')], max_length=10, verbose_name='图层')),
                ('kind', models.CharField(max_length=16, verbose_name='类别')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=100, verbose_name='英文名称')),
                ('also', models.CharField(blank=True, max_length=300, verbose_name='别名')),
                ('street', models.CharField(blank=True, max_length=100, verbose_name='街路')),
                ('house_number', models.CharField(blank=True, max_length=20, verbose_name='门牌号')),
                ('ref', models.CharField(blank=True, max_length=40, verbose_name='来源编号')),
                ('from_zoom', models.PositiveSmallIntegerField(verbose_name='显示级别')),
                ('tile', models.BigIntegerField(verbose_name='所在瓦片')),
                ('geometry', models.BinaryField(verbose_name='形状')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ground.groundsource', verbose_name='来源')),
            ],
            options={
                'verbose_name': '底图要素',
                'indexes': [models.Index(fields=['from_zoom', 'tile'], name='ground_tile'), models.Index(fields=['source'], name='ground_source')],
            },
        ),
    ]
