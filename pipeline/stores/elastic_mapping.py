"""The index template of the Elasticsearch store: every field named, nothing guessed."""

from __future__ import annotations

from typing import Any

_GRAMS = {"type": "text", "analyzer": "whitespace", "norms": False}
_KEYWORD = {"type": "keyword"}


def template(alias: str) -> dict[str, Any]:
    """Arguments of `put_index_template`. Times are Unix milliseconds."""
    properties = {
        "id": _KEYWORD,
        "version": {"type": "long"},
        "current": {"type": "boolean"},
        "at": {"type": "date", "format": "epoch_millis"},
        "seen_at": {"type": "date", "format": "epoch_millis"},
        "source": _KEYWORD,
        "story": _KEYWORD,
        "language": _KEYWORD,
        "duplicate": {"type": "boolean"},
        "title_grams": _GRAMS,
        "text_grams": _GRAMS,
        "body": {"type": "keyword", "index": False, "doc_values": False},
    }
    return {
        "index_patterns": [f"{alias}-*"],
        "template": {
            "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            "mappings": {"dynamic": "strict", "properties": properties},
        },
    }
