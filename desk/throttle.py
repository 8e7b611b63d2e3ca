"""How many tips are taken, from one sender and from all: counted in rows, so that any number of
workers count together."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from desk.models import TipReceipt

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_SENDER = ((HOUR, 5), (DAY, 15))
ALTOGETHER = ((HOUR, 200), (DAY, 1_000))


def sender_of(request: HttpRequest) -> str:
    """Who sends, as a keyed hash: addresses of the public are not kept.

    Behind a proxy of this machine the address is the last one that the proxy added; of IPv6 it is
    the network of a household (/64) that counts.
    """
    given = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        address = ip_address(given)
        if address.is_loopback and forwarded:
            address = ip_address(forwarded)
    except ValueError:
        named = given
    else:
        wide = isinstance(address, IPv6Address) and address.ipv4_mapped is None
        named = str(ip_network((address, 64), strict=False)) if wide else str(address)
    return hmac.new(settings.SECRET_KEY.encode(), named.encode(), hashlib.sha256).hexdigest()


def take(sender: str, now: datetime) -> bool:
    """Count a tip; False when there were too many, and it is not counted."""
    with transaction.atomic():
        TipReceipt.objects.filter(at__lte=now - DAY).delete()
        for rows, limits in (
            (TipReceipt.objects.filter(sender=sender), PER_SENDER),
            (TipReceipt.objects.all(), ALTOGETHER),
        ):
            if any(rows.filter(at__gt=now - span).count() >= most for span, most in limits):
                return False
        TipReceipt.objects.create(sender=sender, at=now)
    return True
