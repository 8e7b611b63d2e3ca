"""Moments as people and other programs write them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def read_instant(text: str, zone: tzinfo) -> datetime:
    """An ISO 8601 date or time as UTC; one without offset is in `zone`. Raises ValueError."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"“{text}” is no ISO 8601 time; write 2026-11-24 or 2026-11-24T09:30+08:00"
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
