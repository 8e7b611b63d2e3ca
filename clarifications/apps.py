from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClarificationsConfig(AppConfig):
    name = "clarifications"
    verbose_name = _("澄清")

    def ready(self) -> None:
        from alerts.oversight import put_under
        from clarifications.oversight import AlertOversight

        put_under(AlertOversight())
