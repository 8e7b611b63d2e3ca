"""What a file is, by its first bytes; its name is only believed where it does not contradict."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from pipeline.documents.names import extension
from pipeline.errors import PipelineError

_MAX_UNPACKED = 200 * 1024 * 1024
"""Bytes; a packed document that states more is not unpacked."""
_MAX_WHOLE = 30 * 1024 * 1024
"""Bytes of a part that is held in memory as a tree, many times its size."""
_MAX_RATIO = 200
_MAX_MEMBERS = 10_000
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"BM", "bmp"),
    (b"II*\x00", "tif"), (b"MM\x00*", "tif"),
)  # fmt: skip
_OTHERS = (
    (b"\x1f\x8b", "压缩包（gzip），请解压后再放入"),
    (b"Rar!", "压缩包（RAR），请解压后再放入"),
    (b"7z\xbc\xaf\x27\x1c", "压缩包（7z），请解压后再放入"),
    (b"ID3", "音频，请先转写成文字或字幕"),
    (b"OggS", "音频，请先转写成文字或字幕"),
    (b"\x1aE\xdf\xa3", "视频，请先转写成文字或字幕"),
    (b"{\\rtf", "RTF 文档，请另存为 DOCX"),
    (b"MZ", "程序，未读取"),
    (b"\x7fELF", "程序，未读取"),
    (b"SQLite format 3", "数据库，未读取"),
)
_LABELS = {
    "pdf": "PDF", "docx": "Word 文档（DOCX）", "xlsx": "Excel 工作簿（XLSX）", "image": "图片",
    "text": "纯文本",
}  # fmt: skip
_FAMILIES = {
    "pdf": "pdf", "docx": "docx", "doc": "docx", "wps": "docx", "xlsx": "xlsx", "xls": "xlsx",
    "et": "xlsx", "png": "image", "jpg": "image", "jpeg": "image", "webp": "image", "gif": "image",
    "bmp": "image", "tif": "image", "tiff": "image", "csv": "text", "tsv": "text", "txt": "text",
    "srt": "text", "vtt": "text", "eml": "text", "html": "text", "htm": "text", "md": "text",
    "log": "text",
}  # fmt: skip
_PLAIN = ("", "txt", "text", "md", "log")
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n)+\r?\n")
_MAIL_HEADER = re.compile(rb"^(?:from|date|message-id|received|subject):", re.I | re.M)
_HTML = re.compile(
    rb"\s*(?:<!--.{0,300}?-->\s*)?<(?:!doctype html|html|head|meta|table|div)", re.I | re.S
)
_CUE = re.compile(rb"\d{1,2}:\d\d:\d\d[,.]\d{1,3}\s*-->")
_CONTROL = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])


def kind_of(name: str, body: bytes) -> str:
    """pdf, docx, xlsx, image, mail, subtitles, html, table or text.

    Raises PipelineError with one sentence for what is empty, encrypted, packed beyond measure, not
    readable here, or not what its name says.
    """
    if not body.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise PipelineError("文件是空的")
    family = _packed(body) or _plain(body)
    claimed = _FAMILIES.get(extension(name))
    # Many systems export a table of HTML or CSV under the name of Excel.
    if (
        claimed
        and claimed != family
        and not (extension(name) in ("xls", "doc") and family == "text")
    ):
        raise PipelineError(
            f"文件名是 .{extension(name)}，内容却是{_LABELS[family]}，请改正扩展名后重新放入"
        )
    return _text_kind(name, body) if family == "text" else family


def _packed(body: bytes) -> str | None:
    """The family of what is no text; None for text."""
    if body.startswith(b"PK\x03\x04"):
        return _office(body)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_office(body)
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body[:4] == b"RIFF":
        if body[8:12] == b"WEBP":
            return "image"
        raise PipelineError("文件是音频或视频，请先转写成文字或字幕")
    if body[4:8] == b"ftyp":
        raise PipelineError("文件是视频，请先转写成文字或字幕")
    for magic, sentence in _OTHERS:
        if body.startswith(magic):
            raise PipelineError(f"文件是{sentence}")
    return "image" if any(body.startswith(magic) for magic, _ in _IMAGES) else None


def _old_office(body: bytes) -> str:
    """The container of Office before 2007; encrypted new documents lie in one too."""
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise PipelineError("文件设有打开口令，请去掉口令后重新放入")
    word = "WordDocument".encode("utf-16-le") in body
    raise PipelineError(
        "文件是旧版 Word 文档，请另存为 DOCX"
        if word
        else "文件是旧版 Office 格式，请另存为 XLSX 或 DOCX"
    )


def _office(body: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError):
        raise PipelineError("文件已损坏，打不开") from None
    names = {member.filename for member in members}
    size = sum(member.file_size for member in members)
    whole = max((each.file_size for each in members if _is_whole(each.filename)), default=0)
    if (
        len(members) > _MAX_MEMBERS
        or size > min(_MAX_UNPACKED, _MAX_RATIO * len(body) + 10**6)
        or whole > _MAX_WHOLE
    ):
        raise PipelineError(f"文件展开后过大（{size // 1024 // 1024}MB），未读取")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise PipelineError("文件带有宏，未读取，请另存为不带宏的格式")
    if any(member.flag_bits & 1 for member in members):
        raise PipelineError("文件设有打开口令，请去掉口令后重新放入")
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.startswith("ppt/") for name in names):
        raise PipelineError("文件是演示文稿，请另存为 PDF")
    if "content.xml" in names and "mimetype" in names:
        raise PipelineError("文件是 OpenDocument 格式，请另存为 DOCX 或 XLSX")
    raise PipelineError("文件是压缩包（ZIP），请解压后再放入")


def _is_whole(member: str) -> bool:
    """Sheets are read as they come, pictures not at all; everything else is read as a whole."""
    return member.endswith(".xml") and not member.startswith("xl/worksheets/")


def _plain(body: bytes) -> str:
    head = body[:4096]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > len(head) // 8
    control = len(head) - len(head.translate(None, _CONTROL))
    if not wide and (control > len(head) // 40 or b"\x00" in head):
        raise PipelineError("文件不是文字，认不出格式，未读取")
    return "text"


def _text_kind(name: str, body: bytes) -> str:
    named = extension(name)
    head = body[:20_000].removeprefix(b"\xef\xbb\xbf")
    if named in ("srt", "vtt") or head.startswith(b"WEBVTT") or _CUE.search(head[:500]):
        return "subtitles"
    header = _HEADER.match(head)
    if header and (named == "eml" or len(_MAIL_HEADER.findall(header[0])) >= 2):
        return "mail"
    if named == "eml":
        raise PipelineError("文件名是 .eml，内容却不是邮件")
    if _HTML.match(head):
        return "html"
    if named in ("csv", "tsv", "xls"):
        return "table"
    if named not in _PLAIN:
        raise PipelineError(f"扩展名 .{named} 不认识，请另存为 TXT、CSV 或 DOCX 后重新放入")
    return "text"
