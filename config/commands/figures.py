"""Figures of evaluations as tables and JSON show them."""

from __future__ import annotations


def share(value: float | None) -> str:
    """Of a table: three digits, or a dash where there was nothing to measure."""
    return "–" if value is None else f"{value:.3f}"


def rounded(value: object) -> object:
    """Of JSON: four digits of what is no whole number; all else as it is."""
    return round(value, 4) if isinstance(value, float) else value
