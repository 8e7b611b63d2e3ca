"""Mail (RFC 822) → what it says and what is attached to it."""

from __future__ import annotations

import email
import email.policy
import hashlib
import mimetypes
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from pipeline.decode import clean, decode
from pipeline.documents.paragraphs import beginning
from pipeline.documents.parts import File, Part, Parts, Problem
from pipeline.errors import PipelineError
from pipeline.extract import plain_text

MAX_DEPTH = 3
"""Mails in mails."""
MAX_ATTACHMENTS = 30
_SUBJECT = re.compile(r"^(?:\s*(?:re|fw|fwd|转发|回复|答复)\s*[:：])+\s*", re.I)
_NOT_LINKS = re.compile(r"unsubscribe|退订|optout|preferences|mailto:|w3\.org", re.I)
_ADDRESS = re.compile(r"https?://[^\s<>\"'）)】]+", re.I)
_ENCODED_WORD_GAP = re.compile(r"\?=\s+=\?")

_LOGO = 20_000
"""Bytes; no screenshot is smaller."""
_TRIMMINGS = (
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
    "text/calendar", "text/vcard", "text/x-vcard",
)  # fmt: skip

Reader = Callable[[File], Parts]


def read_mail(file: File, read: Reader) -> Parts:
    """The mail with the text of its documents; tables and mails in it are parts of their own.

    `read` reads what is attached. Raises PipelineError when nothing can be read.
    """
    if file.depth >= MAX_DEPTH:
        raise PipelineError(f"邮件套了{MAX_DEPTH}层以上，里层未读取")
    try:
        message = email.message_from_bytes(file.body, policy=email.policy.compat32)
        text, url, attached = _contents(message)
    except RecursionError:
        raise PipelineError("邮件的结构套了太多层，未读取") from None
    others: Parts = []
    paragraphs = [text] if text else []
    for document in attached[:MAX_ATTACHMENTS]:
        _attach(File(*document, file.zone, file.taken_at, file.fields, file.depth + 1),
                read, paragraphs, others)  # fmt: skip
    if len(attached) > MAX_ATTACHMENTS:
        others.append(Problem(file.name, f"附件超过{MAX_ATTACHMENTS}个，其余未读取"))
    subject = _SUBJECT.sub("", " ".join(header(message, "Subject").split()))
    whole = "\n".join(paragraphs)
    if not subject and not whole:
        if others:
            return others
        raise PipelineError("邮件没有主题，也没有正文")
    name = header(message, "From")
    part = Part(
        title=subject or beginning(whole),
        text=whole or subject,
        key=_key(message, file.body),
        url=url,
        author=_person(name),
    )
    return [part.at(_date(message, file)), *others]


def _attach(file: File, read: Reader, paragraphs: list[str], others: Parts) -> None:
    """What is attached joins the mail's text, or stands for itself where it has keys."""
    try:
        found = read(file)
    except PipelineError as error:
        others.append(Problem(f"附件 {file.name}", str(error)))
        return
    for each in found:
        if isinstance(each, Problem) or each.key:
            others.append(each)
        else:
            same = each.text == each.title or each.text.startswith(each.title.rstrip("…"))
            paragraphs.append(each.text if same else f"{each.title}\n{each.text}")


def _contents(message: Message) -> tuple[str, str, list[tuple[str, bytes]]]:
    """Text, the address of its only link, and (name, bytes) of what is attached."""
    plain, html = [], []
    attached: list[tuple[str, bytes]] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        name = _decoded(part.get_filename() or "")
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                attached.append((name or "转发的邮件.eml", inner[0].as_bytes()))
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload.strip():
            continue
        inline = part.get_content_disposition() != "attachment" and not name
        if inline and kind == "text/plain":
            plain.append(decode(payload, content_type=str(part.get("Content-Type", ""))))
        elif inline and kind == "text/html":
            html.append(decode(payload, content_type=str(part.get("Content-Type", ""))))
        elif not _is_trimming(part, kind, payload):
            attached.append((name or f"附件{mimetypes.guess_extension(kind) or ''}", payload))
    page = "\n".join(html)
    from_page, from_plain = plain_text(page) if page else "", _lines("\n".join(plain))
    text = from_page if 2 * len(from_page) >= len(from_plain) else from_plain
    return clean(text), _only_link(page, from_plain), attached


def _is_trimming(part: Message, kind: str, payload: bytes) -> bool:
    """Signatures, invitations, logos: what comes with a mail and says nothing."""
    if kind.startswith("image/"):
        return part.get("Content-ID") is not None or len(payload) < _LOGO
    return kind in _TRIMMINGS


def _leaves(message: Message) -> list[Message]:
    """Parts that hold something, not those of mails within."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        return [message]
    payload = message.get_payload()
    assert isinstance(payload, list)
    return [leaf for part in payload if isinstance(part, Message) for leaf in _leaves(part)]


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _only_link(page: str, plain: str) -> str:
    """The address that a letter points to, when there is one alone."""
    if page:
        nodes = LexborHTMLParser(page).css("a[href]")
        found = {
            (node.attributes.get("href") or "").strip()
            for node in nodes
            if not _NOT_LINKS.search(f"{node.attributes.get('href')} {node.text()}")
        }
    else:
        found = {each.rstrip(".,;。，；") for each in _ADDRESS.findall(plain)}
    addresses = [each for each in found if each.lower().startswith(("http://", "https://"))]
    return addresses[0] if len(addresses) == 1 else ""


def header(message: Message, name: str) -> str:
    """A header as text, whatever charset it claims; empty when it is missing."""
    # What `get` gives of bytes beyond ASCII is lost already.
    values = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    return _decoded(next(values, ""))


def _decoded(value: str) -> str:
    value = _ENCODED_WORD_GAP.sub("?==?", re.sub(r"\r?\n(?=[ \t])", "", value))
    try:
        pieces = decode_header(value)
    except (ValueError, email.errors.HeaderParseError):
        return clean(value)
    text = ""
    for piece, charset in pieces:
        if isinstance(piece, str):
            raw = piece.encode("ascii", "surrogateescape") if _is_raw(piece) else None
            text += decode(raw) if raw is not None else piece
        else:
            text += decode(piece, content_type=f"text/plain; charset={charset}" if charset else "")
    return clean(text)


def _is_raw(piece: str) -> bool:
    """Bytes beyond ASCII that stand in a header undeclared."""
    return any("\udc80" <= char <= "\udcff" for char in piece)


def _person(sender: str) -> str:
    pairs = getaddresses([sender])
    name, address = pairs[0] if pairs else ("", "")
    return " ".join((name or address.partition("@")[0]).split())


def _key(message: Message, body: bytes) -> str:
    given = " ".join(header(message, "Message-ID").split())
    return f"mail {given or hashlib.sha256(body).hexdigest()}"


def _date(message: Message, file: File) -> tuple[datetime, Literal["minute"]] | None:
    try:
        at = parsedate_to_datetime(header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # “-0000” says that the zone is not known; the clock is UTC all the same.
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    if not timedelta() <= file.taken_at - at + timedelta(days=1) < timedelta(days=20_000):
        return None
    return at.astimezone(ZoneInfo(file.zone)), "minute"
