"""The two sentence models that known claims are compared with, and how they are asked for.

Light, as whoever passes models on imports it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.claims.vectors import SentenceModel


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    quick: SentenceModel
    careful: SentenceModel


AskForModels = Callable[[], Models | None]
"""Called when models are first needed, as loading them costs a second and 300 MB. None: there are
none."""


def no_models() -> None:
    """Words alone decide."""
