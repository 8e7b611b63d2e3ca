"""The database itself refuses to change or remove what is written once."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = (
    "clarifications_auditentry",
    "clarifications_draft",
    "clarifications_opinion",
    "clarifications_publication",
)


def impose(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES if editor.connection.vendor == "sqlite" else ():
        for action in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def lift(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES if editor.connection.vendor == "sqlite" else ():
        for action in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_no_{action}")


class Migration(migrations.Migration):
    dependencies = [("clarifications", "0001_initial")]
    operations = [migrations.RunPython(impose, lift)]
