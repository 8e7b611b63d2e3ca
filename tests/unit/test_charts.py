"""What the figures of the console show."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from desk.charts import hours_chart

WIDTH = 640
NINE = datetime(2026, 5, 20, 9, tzinfo=UTC)


def bars(*counts: int) -> list[tuple[float, float]]:
    """Left edge and width of each bar, the hours from nine o'clock on having these counts."""
    hours = [(NINE + timedelta(hours=number), count) for number, count in enumerate(counts)]
    address = hours_chart(hours, width=WIDTH)
    svg = base64.b64decode(address.partition(",")[2]).decode()
    drawn = re.findall(r'roledescription="bar"[^>]*? d="M([\d.]+),[\d.]+h([\d.]+)v', svg)
    return [(float(left), float(width)) for left, width in drawn]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_hours_do_not_fill_the_chart(count: int) -> None:
    found = bars(*[3] * count)
    assert len(found) == count
    assert all(width < WIDTH / 12 + 1 for _left, width in found)
    left, width = found[-1]
    assert left + width == pytest.approx(WIDTH, abs=1)  # nothing is said of hours to come


def test_many_hours_fill_the_chart() -> None:
    found = bars(*[1, 2, 3, 4] * 9)
    assert found[0][0] == 0
    assert len(found) == 36
    assert all(a < b for (a, _), (b, _) in pairwise(found))


def test_no_hour_is_an_empty_chart() -> None:
    assert bars() == []
