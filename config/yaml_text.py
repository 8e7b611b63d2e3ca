"""Plain values → YAML as people write it here: entries as blocks, lists of terms in one line."""

from __future__ import annotations

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString


def yaml_of(entries: list[dict[str, Any]]) -> str:
    """The text of a file of entries; reading it gives the same values."""
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 100
    out = StringIO()
    yaml.dump(
        [CommentedMap((key, _laid_out(each)) for key, each in entry.items()) for entry in entries],
        out,
    )
    return out.getvalue()


def _laid_out(value: Any) -> Any:
    if isinstance(value, dict):
        mapped = CommentedMap((key, _laid_out(each)) for key, each in value.items())
        mapped.fa.set_flow_style()
        return mapped
    if isinstance(value, list):
        listed = CommentedSeq(_laid_out(each) for each in value)
        listed.fa.set_flow_style()
        return listed
    if isinstance(value, str) and not value.replace("-", "").replace("_", "").isalnum():
        return DoubleQuotedScalarString(value)
    return value
