"""Each kind of document, read to the article in it; whatever is wrong with one is one sentence."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import READERS, Part, Problem, read_document
from pipeline.documents.pictures import Line, paragraphs_of
from pipeline.documents.records import MAX_TEXT, file_record, parts_of
from pipeline.errors import PipelineError
from tests.documents import NOTICE, TAKEN, document, parts, printed, word, workbook

BEIJING = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 20, tzinfo=BEIJING)


# --- golden: one document of each kind ---------------------------------------------------------


def test_a_word_document() -> None:
    (part,) = parts("通知.docx", word())
    assert part == Part(
        NOTICE[0], "\n".join([*NOTICE[1:], "事项　电话", "咨询　12315"]),
        published_at=DAY, published_precision="day",
    )  # fmt: skip
    (part,) = parts("通知.docx", word(styled=False, title=NOTICE[0]))
    assert part.title == NOTICE[0]
    assert part.text.startswith(NOTICE[1])


def test_a_printed_page(tmp_path: Path) -> None:
    (part,) = parts("通知.pdf", printed(tmp_path))
    assert part.title == NOTICE[0]
    assert part.text.split("\n") == list(NOTICE[1:])
    assert (part.published_at, part.published_precision) == (DAY, "day")


def test_a_screenshot_and_a_scan(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="needs the extra: pip install 'chengqing[ocr]'")
    from PIL import Image

    picture = printed(tmp_path, form="png")
    (part,) = parts("2026-11-24_2105.png", picture)
    assert part.title == NOTICE[0]
    assert part.text.split("\n") == list(NOTICE[1:])
    assert part.published_at == datetime(2026, 11, 24, 21, 5, tzinfo=BEIJING)
    scan = BytesIO()
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").save(scan, "PDF")
    (part,) = parts("扫描件.pdf", scan.getvalue())
    assert part.text.split("\n")[:2] == list(NOTICE[1:3])


def test_a_newspaper_page_as_text() -> None:
    body = "夜市新规下月施行\n本报讯（记者 周远）市场监管局昨日通报夜市新规。\n\n新规下月施行。\n"
    (part,) = parts("临江晚报 2026年11月24日 03版.txt", body.encode("gb18030"))
    assert part.title == "夜市新规下月施行"
    assert part.text == "本报讯（记者 周远）市场监管局昨日通报夜市新规。\n新规下月施行。"
    assert part.published_at == datetime(2026, 11, 24, tzinfo=BEIJING)
    assert part.published_precision == "day"


SUBTITLES = """1
00:00:01,000 --> 00:00:03,500
各位观众晚上好，

2
00:00:03,600 --> 00:00:06,000
<i>这里是临江新闻</i>

3
00:00:06,200 --> 00:00:09,000
今天市场监管局通报夜市新规。

4
00:00:14,000 --> 00:00:17,000
下面请看详细报道
"""


def test_subtitles_of_a_broadcast() -> None:
    (part,) = parts("临江新闻_2026-11-24_1830.srt", SUBTITLES.encode())
    assert part.title == "临江新闻 2026年11月24日18:30"
    assert part.origin == "临江新闻"
    assert part.text == (
        "各位观众晚上好，这里是临江新闻 今天市场监管局通报夜市新规。\n下面请看详细报道"
    )
    assert part.published_at == datetime(2026, 11, 24, 18, 30, tzinfo=BEIJING)


def test_captions_that_roll_are_said_once() -> None:
    body = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n夜市明天开市\n\n"
        "00:02.000 --> 00:03.000\n夜市明天开市 摊位费免收\n\n"
        "00:03.000 --> 00:04.000\n摊位费免收\n\n00:04.000 --> 00:05.000\n摊位费免收\n"
    )
    (part,) = parts("交通广播.vtt", body.encode("utf-16"))
    assert part.text == "夜市明天开市 摊位费免收"
    assert (part.title, part.published_at) == ("交通广播", None)


def test_a_page_saved_as_a_file() -> None:
    body = (
        "<html><head><title>临江日报</title></head><body><article><h1>夜市下月开市</h1>"
        "<p>2026-11-24 09:30 来源：临江日报</p>" + "<p>滨江夜市下月开市，市场监管局提醒摊主公示价格。</p>" * 4
        + "</article></body></html>"
    )  # fmt: skip
    (part,) = parts("夜市.html", body.encode())
    assert "摊主公示价格" in part.text
    assert part.published_at == datetime(2026, 11, 24, 9, 30, tzinfo=BEIJING)


# --- what cannot be read -----------------------------------------------------------------------


def packed(*names: str, size: int = 10) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"\0" * size)
    return buffer.getvalue()


def locked_pdf(folder: Path) -> bytes:
    """Standard encryption whose key nobody has."""
    body = printed(folder)
    trailer = body.rindex(b"trailer") if b"trailer" in body else -1
    assert trailer >= 0
    lock = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32
        + b"> >> /ID [<" + b"43" * 16 + b"> <" + b"43" * 16 + b">] "
    )  # fmt: skip
    at = body.index(b"<<", trailer) + 2
    return body[:at] + lock + body[at:]


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("空.txt", b" \r\n\t", "文件是空的"),
        ("空.csv", b"\xef\xbb\xbf", "文件是空的"),
        ("a.pdf", word(), "文件名是 .pdf，内容却是Word 文档（DOCX），请改正扩展名后重新放入"),
        ("a.docx", b"%PDF-1.7\n", "文件名是 .docx，内容却是PDF，请改正扩展名后重新放入"),
        ("a.png", "其实是文字".encode(), "文件名是 .png，内容却是纯文本，请改正扩展名后重新放入"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "文件名是 .txt，内容却是图片，请改正扩展名后重新放入"),
        ("a.xlsx", workbook([["标题"]])[:300], "文件已损坏，打不开"),
        ("a.docx", packed("word/document.xml"), "Word 文档已损坏，打不开"),
        ("a.xlsx", packed("xl/workbook.xml"), "Excel 文件已损坏，打不开"),
        ("a.docx", packed("word/document.xml", size=40_000_000), "文件展开后过大（38MB），未读取"),
        ("a.xlsm", packed("xl/workbook.xml", "xl/vbaProject.bin"),
         "文件带有宏，未读取，请另存为不带宏的格式"),
        ("a.zip", packed("a.txt"), "文件是压缩包（ZIP），请解压后再放入"),
        ("a.pptx", packed("ppt/presentation.xml"), "文件是演示文稿，请另存为 PDF"),
        ("a.ods", packed("mimetype", "content.xml"), "文件是 OpenDocument 格式，请另存为 DOCX 或 XLSX"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
         "文件设有打开口令，请去掉口令后重新放入"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"),
         "文件是旧版 Word 文档，请另存为 DOCX"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 99, "文件是旧版 Office 格式，请另存为 XLSX 或 DOCX"),
        ("a.pdf", b"%PDF-1.7\nnothing", "PDF 已损坏，打不开"),
        ("a.mp4", b"\0\0\0\x18ftypmp42", "文件是视频，请先转写成文字或字幕"),
        ("a.mp3", b"ID3\x03", "文件是音频，请先转写成文字或字幕"),
        ("a.rar", b"Rar!\x1a\x07", "文件是压缩包（RAR），请解压后再放入"),
        ("a.bin", bytes(range(1, 256)) * 9, "文件不是文字，认不出格式，未读取"),
        ("a.json", b'{"a": 1}', "扩展名 .json 不认识，请另存为 TXT、CSV 或 DOCX 后重新放入"),
        ("a.srt", "没有时间轴".encode(), "字幕文件的格式不对，没有认出时间轴"),
        ("a.eml", "不是邮件".encode(), "文件名是 .eml，内容却不是邮件"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20, "图片已损坏，打不开"),
        ("a.csv", "甲,乙\n一,二\n".encode(),
         "没有认出标题或内容一列（表头：甲、乙），请在来源的 fields 中写明"),
        ("a.csv", "标题,内容\n".encode(), "表格只有表头，没有内容"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_as_what_it_is(name: str, body: bytes, sentence: str) -> None:
    with pytest.raises(PipelineError) as told:
        read_document(document(name, body))
    assert str(told.value) == sentence


def test_a_locked_pdf_is_told_from_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="口令"):
        read_document(document("a.pdf", locked_pdf(tmp_path)))


def test_entities_that_multiply_do_not_unfold() -> None:
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "哈哈">' for n in range(10)
    )
    body = f"<?xml version='1.0'?><!DOCTYPE x [{laughs}]><x>&l9;</x>"
    buffer = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(word())) as old,
        zipfile.ZipFile(buffer, "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    with pytest.raises(PipelineError):
        read_document(document("a.docx", buffer.getvalue()))


def test_a_pdf_without_text_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = pypdfium2.PdfDocument.new()
    blank.new_page(200, 200)
    body = BytesIO()
    blank.save(body)
    blank.close()

    def missing() -> None:
        raise PipelineError("需要安装 ocr 组件")

    monkeypatch.setattr("pipeline.documents.pdf.recogniser", missing)
    with pytest.raises(PipelineError, match="ocr 组件"):
        read_document(document("a.pdf", body.getvalue()))


def test_a_book_is_cut_and_a_huge_picture_refused(tmp_path: Path) -> None:
    raw = file_record("drop", "书.txt", ("一段话。\n" * 60_000).encode(), TAKEN)
    found, problem = parts_of(raw, "Asia/Shanghai")
    assert isinstance(found, Part)
    assert len(found.text) == MAX_TEXT
    assert problem == Problem("书.txt", "文字超过20万字，后面的没有读取，请分成几个文件")
    pytest.importorskip("rapidocr", reason="needs the extra: pip install 'chengqing[ocr]'")
    from PIL import Image

    picture = BytesIO()
    Image.new("1", (8000, 8000)).save(picture, "PNG")
    with pytest.raises(PipelineError, match="图片过大（8000×8000）"):
        read_document(document("a.png", picture.getvalue()))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["csv", "srt", "eml", "txt", "html", "pdf", "bin"]))
def test_any_bytes_give_parts_or_one_sentence(body: bytes, extension: str) -> None:
    try:
        found = read_document(document(f"a.{extension}", body))
    except PipelineError:
        return
    assert all(isinstance(each, Part | Problem) for each in found)


def test_every_kind_has_a_reader_of_its_own() -> None:
    assert len(set(READERS.values())) == len(READERS) == 9
    assert TAKEN.tzinfo is not None


# --- the layout of a picture -------------------------------------------------------------------


def line(text: str, left: float, top: float, right: float, height: float = 20) -> Line:
    return Line(text, left, top, right, top + height)


def test_lines_of_a_picture_become_paragraphs() -> None:
    lines = [
        line("21:05", 10, 5, 60), line("80%", 340, 6, 380),
        line("夜市要收费了", 10, 60, 200, 30),
        line("听说滨江夜市下月起要收入", 10, 110, 380), line("场费，每人十元。", 10, 136, 150),
        line("有人知道吗", 10, 200, 110),
    ]  # fmt: skip
    assert paragraphs_of(lines) == [
        "21:05 80%", "夜市要收费了", "听说滨江夜市下月起要收入场费，每人十元。", "有人知道吗",
    ]  # fmt: skip
    assert paragraphs_of([]) == []
