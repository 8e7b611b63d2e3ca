from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0008_rules_at_work'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mention', models.CharField(db_index=True, max_length=64)),
                ('mention_version', models.BigIntegerField()),
                ('content_hash', models.CharField(max_length=64)),
                ('claim', models.CharField(max_length=200)),
                ('claim_text', models.TextField()),
                ('confirmed', models.BooleanField()),
                ('link', models.JSONField()),
                ('after', models.PositiveBigIntegerField()),
                ('actor', models.CharField(max_length=150)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(models.F('mention'), models.F('claim'), models.F('after'), name='claim_decided_once')],
            },
        ),
    ]
