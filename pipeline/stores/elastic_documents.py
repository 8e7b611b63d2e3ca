"""What lies in Elasticsearch: the index template and the documents in it.

See `docs/decisions/0002-search-fields.md` for why the fields are as they are.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline.model import Mention
from pipeline.stores.versions import from_json, milliseconds, to_json
from pipeline.tokenise import FORM, indexed

SCHEMA = 1
MADE_BY = {"schema": SCHEMA, "tokens": FORM}
"""Kept with the mapping; an index of a newer one is refused."""
_GRAMS = {"type": "text", "analyzer": "whitespace", "norms": False}
_KEYWORD = {"type": "keyword"}
_MILLISECONDS = {"type": "date", "format": "epoch_millis"}


def template(alias: str) -> dict[str, Any]:
    """Arguments of `put_index_template`: every field is named, nothing guessed."""
    properties = {
        "id": _KEYWORD,
        "version": {"type": "long"},
        "current": {"type": "boolean"},
        "at": _MILLISECONDS,
        "seen_at": _MILLISECONDS,
        "source": _KEYWORD,
        "story": _KEYWORD,
        "language": _KEYWORD,
        "duplicate": {"type": "boolean"},
        "title_grams": _GRAMS,
        "text_grams": _GRAMS,
        "mention": {"type": "object", "enabled": False},
    }
    return {
        "index_patterns": [f"{alias}-*"],
        "template": {
            "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            "mappings": {"_meta": MADE_BY, "dynamic": "strict", "properties": properties},
        },
    }


def document(mention: Mention, *, current: bool) -> dict[str, Any]:
    """An earlier version is kept to be read, not to be found: it has no tokens."""
    grams = {"title_grams": mention.title, "text_grams": mention.text} if current else {}
    return {
        "id": mention.id,
        "version": mention.version,
        "current": current,
        "at": milliseconds(mention.at),
        "seen_at": milliseconds(mention.seen_at),
        "source": list(mention.finders) if mention.also else mention.source,
        "story": mention.story,
        "language": mention.language,
        "duplicate": mention.duplicate_of is not None,
        "mention": _kept(mention),
        **{field: indexed(text) for field, text in grams.items()},
    }


def _kept(mention: Mention) -> dict[str, Any] | str:
    """The mention as JSON values, readable for whoever looks into the index; as JSON text where it
    holds a lone surrogate, which UTF-8 cannot carry but an escape can."""
    value = to_json(mention)
    try:
        (mention.title + mention.text + mention.author + mention.origin + mention.url).encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return value


def mention_of(source: dict[str, Any]) -> Mention:
    """The mention that a document was made of."""
    value = source["mention"]
    return from_json(json.loads(value) if isinstance(value, str) else value)
