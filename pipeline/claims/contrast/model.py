"""What the contrast of two versions of a text comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.model import Span

DifferenceKind = Literal[
    "number",
    "date",
    "negation",
    "modality",
    "scope",
    "subject",
    "cause",
    "omission",
    "addition",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the mention says something else; an empty span is where it is missing.

    `weight` (0…1) is how surely it changes what is said.
    """

    kind: DifferenceKind
    official: Span
    mention: Span
    weight: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """`distorted`: at least one difference changes what the official text says.

    `score` (0…1) orders mentions by how surely they are distorted; `shared` is the part of the
    official text that the mention treats at all.
    """

    distorted: bool
    score: float
    shared: float
    differences: tuple[Difference, ...]
