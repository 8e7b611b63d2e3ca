"""What a decisive part of a text is as a value."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.claims.dates import Moment
from pipeline.model import ElementKind


@dataclass(frozen=True, slots=True)
class Element:
    """A value found in a text. Quantities are an interval `low`…`high` of one `unit`.

    Bounds are half open: 200元以上 is 200…∞, 500元以下 is 0…500.
    """

    kind: ElementKind
    start: int
    end: int
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    moment: Moment | None = None
    loose: bool = False
    """Only about so much: 约200元, 200多元, 超过200元."""
