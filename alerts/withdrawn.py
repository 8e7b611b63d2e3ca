"""Articles that we have and their site has not any more."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from alerts.models import Revisit
from pipeline.identity import page_key
from pipeline.model import Mention


def withdrawn_since(mention: Mention) -> datetime | None:
    """Since when the mention's address answers that there is nothing, as the last visit saw it."""
    same = Q(key=page_key(mention.url))
    if mention.raw:  # the list may have named it by another address
        same |= Q(position=mention.raw)
    return (
        Revisit.objects.filter(same, gone_at__isnull=False)
        .values_list("gone_at", flat=True)
        .first()
    )
