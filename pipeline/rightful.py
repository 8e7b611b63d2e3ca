"""Whether a page speaks for the address that it claims as its own (`rel=canonical`)."""

from __future__ import annotations

from dataclasses import replace

from pipeline.identity import mention_id
from pipeline.likeness import HEAD, cleaned, likeness
from pipeline.model import Mention


def rightful(mention: Mention, own: str, holder: Mention | None) -> Mention:
    """The mention under the address that its page claims or, when `holder`, which stands there
    already, is another article, under its `own`, where it was found.

    Some sites write one address into all their pages: their articles would be taken for versions of
    a single one, and all but the last be lost. An empty `own` means that nothing was claimed.
    """
    if not own or holder is None or _one_article(mention, holder):
        return mention
    return replace(mention, id=mention_id(own), url=own)


def _one_article(mention: Mention, holder: Mention) -> bool:
    """By title or by how the text begins: an update changes one of them, a version for telephones
    or a shortened one neither."""
    one, other = cleaned(mention.title), cleaned(holder.title)
    if one and other and (one in other or other in one):
        return True
    begin, known = cleaned(mention.text)[:HEAD], cleaned(holder.text)[:HEAD]
    return begin == known or bool(begin and known and likeness(begin, known))
