"""Until when a first response is due.

48 hours for 政务舆情 (国办发〔2016〕61号); 5 hours for a 重大 or 特别重大 emergency
(国办发〔2016〕80号). Calendar hours, counted from the detection.
"""

from __future__ import annotations

from datetime import datetime, timedelta

GRAVE = ("I", "II")
USUAL = timedelta(hours=48)
EMERGENCY = timedelta(hours=5)


def first_response_due(detected_at: datetime, level: str, *, emergency: bool) -> datetime:
    return detected_at + (EMERGENCY if emergency and level in GRAVE else USUAL)
