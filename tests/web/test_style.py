"""What holds for all templates and the style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import desk

ROOT = Path(desk.__file__).parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLE = (ROOT / "static/desk/desk.css").read_text("utf-8")
HAN = re.compile(r"[\u4e00-\u9fff]+")
TAGS = re.compile(
    r"<code>.*?</code>|\{% blocktranslate.*?%\}.*?\{% endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}",
    re.DOTALL,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_are_strict_and_marked_for_translation(path: Path) -> None:
    text = path.read_text("utf-8")
    assert HAN.findall(TAGS.sub("", text)) == []
    for forbidden in ("<script", "style=", "<style", "onclick", "javascript:", "|safe", "//cdn"):
        assert forbidden not in text
    assert not re.search(r'(?:src|href)="https?:', text)


def test_the_style_sheet_brings_nothing_from_elsewhere() -> None:
    assert "@import" not in STYLE
    assert "url(" not in STYLE


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((ink, ground) for ink in ("ink", "soft", "link", "grey") for ground in ("card", "paper")),
        *((colour, f"{colour}-tint") for colour in (
            "red", "orange", "yellow", "blue", "green", "grey")),
        *((colour, "card") for colour in ("red", "orange", "green", "blue")),
        ("card", "red"),
        ("brand-ink", "brand"),
        ("brand-soft", "brand"),
    ],
)  # fmt: skip
def test_contrast_is_enough_to_read(ink: str, ground: str) -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", STYLE))
    assert contrast(tokens[ink], tokens[ground]) >= 4.5
