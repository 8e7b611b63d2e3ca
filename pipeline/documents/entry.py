"""What somebody wrote into a form, at the desk or of the public: JSON in inbox and spool.

It holds what is attached too, so that one record is the whole of it.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.errors import PipelineError

CHANNELS = ("网络", "广播", "电视", "报纸", "短信", "电话", "其他")
_MARK = "written"


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """`place` is where it was seen (a programme, a paper, a group), `seen_at` when; `by` is the
    user who entered it, empty for a tip; `contact` how the sender of a tip can be reached."""

    id: str
    entered_at: datetime
    title: str = ""
    text: str = ""
    url: str = ""
    channel: str = ""
    place: str = ""
    seen_at: datetime | None = None
    by: str = ""
    contact: str = ""
    attachments: tuple[Attachment, ...] = ()

    def to_json(self) -> bytes:
        about = {
            _MARK: 1,
            "id": self.id,
            "entered_at": self.entered_at.isoformat(),
            "title": self.title,
            "text": self.text,
            "url": self.url,
            "channel": self.channel,
            "place": self.place,
            "seen_at": self.seen_at and self.seen_at.isoformat(),
            "by": self.by,
            "contact": self.contact,
            "attachments": [
                {"name": each.name, "base64": b64encode(each.body).decode("ascii")}
                for each in self.attachments
            ],
        }
        return json.dumps(about, ensure_ascii=False).encode("utf-8", "replace")

    @classmethod
    def from_json(cls, body: bytes) -> Entry:
        """Raises PipelineError when it is not what `to_json` writes."""
        try:
            about: dict[str, Any] = json.loads(body)
            seen = about["seen_at"]
            return cls(
                **{
                    name: str(about[name])
                    for name in ("id", "title", "text", "url", "channel", "place", "by", "contact")
                },
                entered_at=datetime.fromisoformat(about["entered_at"]),
                seen_at=datetime.fromisoformat(seen) if seen else None,
                attachments=tuple(
                    Attachment(str(each["name"]), b64decode(each["base64"], validate=True))
                    for each in about["attachments"]
                ),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise PipelineError("录入的记录已损坏") from None


def is_entry(body: bytes) -> bool:
    """Whether a record of kind ENTRY was written into a form, not taken from a feed."""
    return body.startswith(b'{"%s": 1,' % _MARK.encode())
