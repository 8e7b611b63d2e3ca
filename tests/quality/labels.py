"""Our own pages with gold as labelled data for `chengqing evaluate extract`, on stdout.

python tests/quality/labels.py > tests/quality/pages/labels.jsonl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PAGES = Path(__file__).parent / "pages"
FETCHED_AT = "2026-03-20T00:00:00Z"


def main() -> None:
    for path in sorted(PAGES.glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        marginal = gold.get("marginal", [])
        label = {
            "file": f"{path.stem}.html",
            "title": gold["title"],
            "text": "\n".join(line for line in gold["text"] if line not in marginal),
            "published_at": gold["published_at"],
            "author": _first(gold["author"]),
            "source": _first(gold["source"]),
            "fetched_at": FETCHED_AT,
        }
        sys.stdout.write(json.dumps(label, ensure_ascii=False) + "\n")


def _first(value: str | list[str] | None) -> str | None:
    return value[0] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
