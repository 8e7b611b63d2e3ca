"""A digest as one page that stands alone: mailed, printed on A4, or read in the console."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import partial
from pathlib import Path

from django.utils.translation import gettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.models import AlertState
from clarifications.models import CaseState
from desk.charts import weeks_chart
from desk.digests.figures import LEVEL_NAMES, Digest

_TEMPLATES = Path(__file__).parent / "templates"


def render_html(digest: Digest) -> str:
    return _environment(digest).get_template("digest.html.j2").render(
        digest=digest,
        counts=digest.counts,
        chart=weeks_chart(digest.counts.days, digest.counts.days_before),
        chart_text=_chart_text(digest),
    )  # fmt: skip


def render_text(digest: Digest) -> str:
    """The same in brief, for mail programs that show no HTML."""
    return _environment(digest).get_template("digest.txt.j2").render(
        digest=digest, counts=digest.counts
    )  # fmt: skip


def _environment(digest: Digest) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(("html", "html.j2"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = gettext
    environment.filters |= {
        "level": _level,
        "state": _state,
        "day": _day,
        "moment": partial(_moment, digest.week.zone),
    }
    return environment


def _day(day: date) -> str:
    return gettext("{y}年{m}月{d}日").format(y=day.year, m=day.month, d=day.day)


def _level(value: str) -> str:
    return LEVEL_NAMES.get(value, value)


def _state(value: str) -> str:
    names = {**dict(CaseState.choices), **dict(AlertState.choices)}
    return str(names.get(value, value))


def _moment(zone: tzinfo, at: datetime) -> str:
    at = at.astimezone(zone)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def _chart_text(digest: Digest) -> str:
    """The figure in words."""
    counts = digest.counts
    pairs = zip(counts.days, counts.days_before, strict=True)
    return gettext("每日信息量（本周/上周）：{days}").format(
        days="，".join(f"{day:%m-%d} {this}/{before}" for (day, this), (_day, before) in pairs)
    )
