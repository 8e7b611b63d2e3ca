"""Figures: Vega-Lite → SVG, embedded as data: addresses so that a strict CSP holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import vl_convert
from django.utils.translation import gettext as _

FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
INK, SOFT, LINE = "#1c2a39", "#586674", "#dde3e9"
MAIN, BESIDE, TROUBLE = "#1f5f9c", "#b9c4cf", "#c9503f"

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_FEWEST_HOURS = 12
"""So many hours are shown at least: one hour alone would be a bar as wide as the chart."""

Series = Sequence[tuple[date, int]]


def volume_chart(days: Series, *, width: int = 640, height: int = 130) -> str:
    """Mentions a day as bars; a data: address for an <img>."""
    spec = {
        "data": {"values": [{"day": _label(day), "n": count} for day, count in days]},
        "mark": {"type": "bar", "color": MAIN, "cornerRadiusEnd": 2},
        "encoding": {
            "x": _days_axis([_label(day) for day, _n in days]),
            "y": _count_axis(max((count for _day, count in days), default=0)),
        },
    }
    return _svg(spec, width, height)


def hours_chart(
    hours: Sequence[tuple[datetime, int]], *, width: int = 640, height: int = 110
) -> str:
    """Mentions an hour as bars along the clock of their zone; hours without one may be left out.

    What is short is shown with the empty hours before it: those after it may not have been yet.
    """
    values = [
        {"at": f"{at:%Y-%m-%dT%H:%M}", "to": f"{at + _HOUR:%Y-%m-%dT%H:%M}", "n": count}
        for at, count in hours
    ]
    scale = {}
    if hours:
        start = min(hours[0][0], hours[-1][0] - (_FEWEST_HOURS - 1) * _HOUR)
        scale = {"domainMin": _moment(start)}
    format_ = "%m-%d %H:%M" if hours and hours[-1][0] - hours[0][0] < 3 * _DAY else "%m-%d"
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar", "color": MAIN, "minBandSize": 2},
        "encoding": {
            "x": {
                "field": "at",
                "type": "temporal",
                "scale": scale,
                "axis": {"title": None, "format": format_, "labelOverlap": True, "grid": False},
            },
            "x2": {"field": "to"},
            "y": _count_axis(max((count for _at, count in hours), default=0)),
            "y2": {"datum": 0},
        },
    }
    return _svg(spec, width, height)


def weeks_chart(this: Series, before: Series, *, width: int = 270, height: int = 100) -> str:
    """Seven days beside those of the week before."""
    names = [_weekday(day) for day, _n in this]
    values = [
        {"day": _weekday(day), "week": name, "n": count}
        for name, series in ((_("上周"), before), (_("本周"), this))
        for day, count in series
    ]
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": _days_axis(names),
            "xOffset": {"field": "week", "sort": [_("上周"), _("本周")]},
            "y": _count_axis(max((n for _day, n in [*this, *before]), default=0)),
            "color": {
                "field": "week",
                "type": "nominal",
                "scale": {"domain": [_("上周"), _("本周")], "range": [BESIDE, MAIN]},
                "legend": {"title": None, "orient": "top", "symbolType": "square"},
            },
        },
    }
    return _svg(spec, width, height)


def visits_chart(
    days: Sequence[tuple[date, int, int]], *, width: int = 640, height: int = 130
) -> str:
    """New items and failed visits a day, side by side."""
    new, lost = _("新增信息"), _("失败轮次")
    names = [_label(day) for day, *_n in days]
    values = [
        {"day": _label(day), "what": what, "n": count}
        for day, found, failed in days
        for what, count in ((new, found), (lost, failed))
    ]
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": _days_axis(names),
            "xOffset": {"field": "what", "sort": [new, lost]},
            "y": _count_axis(max((max(found, failed) for _d, found, failed in days), default=0)),
            "color": {
                "field": "what",
                "type": "nominal",
                "scale": {"domain": [new, lost], "range": [MAIN, TROUBLE]},
                "legend": {"title": None, "orient": "top", "symbolType": "square"},
            },
        },
    }
    return _svg(spec, width, height)


def _days_axis(order: list[str]) -> dict[str, Any]:
    return {
        "field": "day",
        "type": "ordinal",
        "sort": order,
        "axis": {"title": None, "labelAngle": 0, "labelOverlap": True, "grid": False},
    }


def _count_axis(most: int) -> dict[str, Any]:
    return {
        "field": "n",
        "type": "quantitative",
        "scale": {"domainMin": 0, "domainMax": max(most, 4)},
        "axis": {"title": None, "tickMinStep": 1, "tickCount": 4, "format": ",d"},
    }


def _svg(spec: dict[str, Any], width: int, height: int) -> str:
    return _drawn(json.dumps({"width": width, "height": height, **spec}, ensure_ascii=False))


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    """Drawing takes some 0.15 s, so the same content is drawn once."""
    config = {
        "font": FONT,
        "background": None,
        "view": {"stroke": None},
        "axis": {
            "labelColor": SOFT, "labelFontSize": 11, "gridColor": LINE,
            "domainColor": LINE, "tickColor": LINE,
        },
        "legend": {"labelColor": INK, "labelFontSize": 11},
    }  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg({**json.loads(spec), "config": config})
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _moment(at: datetime) -> dict[str, int]:
    return {
        "year": at.year, "month": at.month, "date": at.day, "hours": at.hour, "minutes": at.minute,
    }  # fmt: skip


def _label(day: date) -> str:
    return f"{day.month}-{day.day}"


def _weekday(day: date) -> str:
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")][
        day.weekday()
    ]
