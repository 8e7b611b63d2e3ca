from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0002_source_rounds"),
    ]

    operations = [
        migrations.AddField(
            model_name="alertmention",
            name="content_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name="Quarantined",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("url", models.TextField(blank=True)),
                ("key", models.TextField(blank=True)),
                ("segment", models.PositiveIntegerField()),
                ("offset", models.PositiveBigIntegerField()),
                ("reason", models.TextField()),
                ("reader", models.CharField(max_length=64)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待处理"),
                            ("repaired", "已读出"),
                            ("dismissed", "已排除"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("-last_at", "id"),
                "indexes": [
                    models.Index(fields=["segment", "offset"], name="quarantined_place"),
                    models.Index(fields=["state", "source"], name="quarantined_state"),
                    models.Index(fields=["state", "reader"], name="quarantined_reader"),
                ],
            },
        ),
    ]
