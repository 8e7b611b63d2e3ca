"""Screenshots and scans → text, read by RapidOCR where the extra `ocr` is installed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from statistics import median
from typing import Any

from pipeline.decode import clean
from pipeline.documents.names import moment_in
from pipeline.documents.paragraphs import headed, join
from pipeline.documents.parts import File, Part, Parts
from pipeline.errors import PipelineError

MAX_PIXELS = 50_000_000
MAX_SIDE = 30_000
_TILE = 2400
"""Height in dots: a long screenshot is read in pieces, since small letters vanish when it is
shrunk as a whole."""
_OVERLAP = 120
_LARGE = 2600
"""Dots; a picture of more on both sides is a photograph, whose letters stay large at half of it."""
_SURE = 0.5
"""Below this confidence the engine is guessing."""
_reading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Line:
    """Text found in a picture, and its box in dots."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


Recogniser = Callable[[Any], list[Line]]


def read_picture(file: File) -> Parts:
    """One part of all the text in a picture. Raises PipelineError."""
    read = recogniser()
    pixels = _pixels(file.body)
    paragraphs = paragraphs_of(_in_tiles(pixels, read))
    if not paragraphs:
        raise PipelineError("图片里没有认出文字")
    title, text = headed(paragraphs)
    return [Part(title=title, text=text).at(moment_in(file.name, file.zone))]


@cache
def recogniser() -> Recogniser:
    """The engine, made once a process: from pixels (height, width, BGR) to lines.

    Raises PipelineError when the extra is not installed.
    """
    try:
        from rapidocr import RapidOCR
    except ImportError:
        raise PipelineError(
            "读取图片和扫描件需要安装 ocr 组件（.venv/bin/pip install rapidocr onnxruntime）"
        ) from None
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    engine = RapidOCR(params={"Global.log_level": "error"})

    def read(pixels: Any) -> list[Line]:
        with _reading:
            result: Any = engine(pixels)
        if result.boxes is None or result.txts is None:
            return []
        return [
            Line(clean(text).strip(), *_bounds(box))
            for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True)
            if score >= _SURE and text.strip()
        ]

    return read


def _bounds(box: Any) -> tuple[float, float, float, float]:
    across, down = [float(x) for x, _ in box], [float(y) for _, y in box]
    return min(across), min(down), max(across), max(down)


def _pixels(body: bytes) -> Any:
    """Height × width × BGR. Raises PipelineError."""
    import numpy
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(body)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise PipelineError(f"图片过大（{width}×{height}），未读取")
            upright = ImageOps.exif_transpose(image)
            if upright.has_transparency_data:  # see-through parts are paper
                paper = Image.new("RGBA", upright.size, "white")
                paper.alpha_composite(upright.convert("RGBA"))
                upright = paper
            plain = upright.convert("RGB")
            if min(plain.size) > _LARGE:
                plain = plain.reduce(2)
            return numpy.asarray(plain)[:, :, ::-1]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise PipelineError("图片已损坏，打不开") from None


def _in_tiles(pixels: Any, read: Recogniser) -> list[Line]:
    height = pixels.shape[0]
    if height <= _TILE * 1.5:
        return read(pixels)
    found: list[Line] = []
    for top in range(0, height, _TILE):
        begin = max(0, top - _OVERLAP)
        for line in read(pixels[begin : top + _TILE + _OVERLAP]):
            moved = Line(line.text, line.left, line.top + begin, line.right, line.bottom + begin)
            if not any(_same_place(moved, other) for other in found):
                found.append(moved)
    return found


def _same_place(one: Line, other: Line) -> bool:
    """Whether two tiles that overlap saw the same line."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 0 and down > 0.5 * min(one.height, other.height)


def paragraphs_of(lines: Sequence[Line]) -> list[str]:
    """Pieces on one height are one line; lines of one size close below each other, each filling
    the width but the last, are one paragraph."""
    rows = _rows(sorted(lines, key=lambda line: (line.top, line.left)))
    if not rows:
        return []
    right = max(row[-1].right for row in rows)
    left = min(row[0].left for row in rows)
    found: list[str] = []
    before: list[Line] | None = None
    for row in rows:
        text = " ".join(line.text for line in row)
        if before is not None and _goes_on(before, row, left, right):
            found[-1] = join(found[-1], text)
        else:
            found.append(text)
        before = row
    return found


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        row = rows[-1] if rows else None
        middle = (line.top + line.bottom) / 2
        if row and row[0].top < middle < row[0].bottom:
            row.append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _goes_on(before: Sequence[Line], row: Sequence[Line], left: float, right: float) -> bool:
    height = median(line.height for line in before)
    here = median(line.height for line in row)
    gap = min(line.top for line in row) - max(line.bottom for line in before)
    same_size = 0.75 < here / max(height, 1) < 1.33
    filled = before[-1].right > right - 2.5 * height and before[0].left < left + 4 * height
    indented = row[0].left > before[0].left + 1.2 * here
    return same_size and filled and not indented and gap < 1.2 * height
