from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = "import django; django.setup(); from tests.racing_desk import main; main()"


def test_of_two_who_act_at_once_one_succeeds_and_the_other_gets_a_sentence(tmp_path: Path) -> None:
    settings = {"CHENGQING_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert sorted(told["approvals"])[0] == "done"
    assert "现为“已批准”" in sorted(told["approvals"])[1]
    assert sorted(told["publications"])[0] == "done"
    assert "现为“已发布”" in sorted(told["publications"])[1]
    assert (told["opinions"], told["published"], told["refused"]) == (1, 1, 2)
    assert told["intact"]
    assert told["anchored"]
