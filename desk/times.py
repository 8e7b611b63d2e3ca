"""Times in words. Pure: values and `now` in, text out."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def absolute(at: datetime, zone: tzinfo, now: datetime) -> str:
    """`3月5日 12:00`; with the year when it is another one than this."""
    local = at.astimezone(zone)
    day = _("{m}月{d}日").format(m=local.month, d=local.day)
    if local.year != now.astimezone(zone).year:
        day = _("{y}年{day}").format(y=local.year, day=day)
    return f"{day} {local:%H:%M}"


def relative(at: datetime, now: datetime) -> str:
    """`3小时前`, `2天后`, `刚刚`, `不到1分钟后`."""
    if abs(now - at) < MINUTE:
        return _("刚刚") if at <= now else _("不到1分钟后")
    if at <= now:
        return _("{span}前").format(span=span(now - at))
    return _("{span}后").format(span=span(at - now))


def span(length: timedelta) -> str:
    """A length of time in its largest unit, two units from a day or an hour upwards when short."""
    length = abs(length)
    if length >= DAY:
        days = length // DAY
        hours = (length % DAY) // HOUR
        shown = ngettext("{n}天", "{n}天", days).format(n=days)
        return shown + _("{n}小时").format(n=hours) if days < 3 and hours else shown
    if length >= HOUR:
        hours, minutes = length // HOUR, (length % HOUR) // MINUTE
        shown = _("{n}小时").format(n=hours)
        return shown + _("{n}分").format(n=minutes) if hours < 6 and minutes else shown
    return _("{n}分钟").format(n=length // MINUTE)
