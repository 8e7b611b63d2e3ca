"""Subtitles and transcripts of broadcasts (SRT, WebVTT) → one part."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import pysubs2

from pipeline.decode import decode
from pipeline.documents.names import moment_in, programme_in
from pipeline.documents.paragraphs import beginning
from pipeline.documents.parts import File, Part, Parts
from pipeline.errors import PipelineError

PAUSE = timedelta(seconds=2)
"""A silence as long as this ends a paragraph."""
MAX_CUES = 100_000
"""Of one file; a whole day has some 30,000."""
_LONG = 400
"""Characters after which a paragraph ends at the next line that ends a sentence, or at half as many
again."""
_OVERLAP = 5
"""Characters that a line must share with the end of the one before to be its continuation."""
_SENTENCE_END = ("。", "！", "？", "!", "?", "…", "”")


def read_subtitles(file: File) -> Parts:
    """Programme, date and time are those of the file's name. Raises PipelineError."""
    text = decode(file.body)
    if text.count("-->") > MAX_CUES:
        raise PipelineError(f"字幕超过{MAX_CUES // 10_000}万条，未读取，请分成几个文件")
    try:
        # pysubs2 takes the hours of a cue as two digits or more, and any format by its looks.
        subtitles = pysubs2.SSAFile.from_string(text)
    except (pysubs2.Pysubs2Error, ValueError, KeyError, IndexError, AttributeError):
        raise PipelineError("字幕文件的格式不对，没有认出时间轴") from None
    paragraphs = _paragraphs(
        [
            (each.start, each.end, " ".join(each.plaintext.split()))
            for each in sorted(subtitles, key=lambda event: event.start)
            if not each.is_comment
        ]
    )
    if not paragraphs:
        raise PipelineError("字幕文件里没有字幕")
    programme, moment = programme_in(file.name), moment_in(file.name, file.zone)
    part = Part(
        title=_title(programme, moment) or beginning(paragraphs[0]),
        text="\n".join(paragraphs),
        origin=programme,
    )
    return [part.at(moment)]


def _title(programme: str, moment: tuple[datetime, Literal["minute", "day"]] | None) -> str:
    if not programme or moment is None:
        return programme
    at, precision = moment
    day = f"{at.year}年{at.month}月{at.day}日"
    return f"{programme} {day}{at:%H:%M}" if precision == "minute" else f"{programme} {day}"


def _paragraphs(cues: list[tuple[int, int, str]]) -> list[str]:
    """Cues in their order, times in milliseconds. What a cue repeats of the one before (captions
    that roll) is left out."""
    found: list[str] = []
    before, ended = "", 0
    for start, end, line in cues:
        said = _new_of(before, line)
        before = line
        if not said:
            ended = max(ended, end)
            continue
        if found and start - ended < PAUSE / timedelta(milliseconds=1) and not _full(found[-1]):
            found[-1] = f"{found[-1]} {said}" if not _closed(found[-1]) else found[-1] + said
        else:
            found.append(said)
        ended = end
    return found


def _new_of(before: str, line: str) -> str:
    if not before or line == before:
        return "" if line == before else line
    if line.startswith(before):
        return line.removeprefix(before).strip()
    for size in range(min(len(before), len(line)), _OVERLAP - 1, -1):
        if before.endswith(line[:size]):
            return line[size:].strip()
    return line


def _closed(text: str) -> bool:
    return text.endswith((*_SENTENCE_END, "，", "、", "；", "："))


def _full(text: str) -> bool:
    return len(text) > 1.5 * _LONG or (len(text) > _LONG and text.endswith(_SENTENCE_END))
