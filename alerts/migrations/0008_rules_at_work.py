from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("alerts", "0007_scores"),
    ]

    operations = [
        migrations.CreateModel(
            name="RulePause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
                ("reason", models.TextField()),
                ("held", models.PositiveIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ("-at", "-id"),
                "constraints": [models.UniqueConstraint(condition=models.Q(ended_at=None), fields=("rule",), name="rule_paused_once")],
            },
        ),
        migrations.AddField("alert", "source", models.CharField(blank=True, max_length=200)),
        migrations.AddField("alert", "ended_at", models.DateTimeField(null=True)),
        migrations.AlterField("alert", "story", models.CharField(blank=True, max_length=64)),
        migrations.RemoveConstraint("alert", "alert_rule_story"),
        migrations.AddConstraint(
            "alert",
            models.UniqueConstraint(condition=models.Q(("story", ""), _negated=True), fields=("rule", "story"), name="alert_rule_story"),
        ),
        migrations.AddIndex("alertmention", models.Index(fields=["matched_at"], name="alert_mention_matched")),
        migrations.RemoveConstraint("definition", "definition_once"),
        migrations.AlterField("definition", "version", models.CharField(blank=True, max_length=64)),
        migrations.AlterModelOptions("definition", {"ordering": ("kind", "object_id", "loaded_at", "id")}),
        migrations.AddIndex("definition", models.Index(fields=["kind", "object_id"], name="definition_of")),
    ]
