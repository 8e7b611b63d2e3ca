from typing import Any

from django.db import migrations, models
from django.db.models import F


def keep_levels(apps: Any, schema_editor: Any) -> None:
    """What stands keeps its level: it counts as what the score gave."""
    apps.get_model("alerts", "Alert").objects.update(judged=F("level"))


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0006_story_decisions"),
    ]

    operations = [
        migrations.AddField("alert", "level_by", models.CharField(blank=True, max_length=150)),
        migrations.AddField("alert", "judged", models.CharField(blank=True, max_length=4)),
        migrations.AddField("alert", "score", models.PositiveIntegerField(default=0)),
        migrations.AddField("alert", "contributions", models.JSONField(default=list)),
        migrations.AddField("alertevent", "level", models.CharField(blank=True, max_length=4)),
        migrations.AddIndex(
            "alert", models.Index(fields=["-score", "-raised_at"], name="alert_score")
        ),
        migrations.RunPython(keep_levels, migrations.RunPython.noop),
    ]
