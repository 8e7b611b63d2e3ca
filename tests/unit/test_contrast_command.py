"""`chengqing contrast`: JSON lines in, a line each out, offsets in the texts as given."""

from __future__ import annotations

import io
import json
import sys

import pytest

from config.commands.contrasting import contrast
from pipeline.errors import BadInputError


def _feed(monkeypatch: pytest.MonkeyPatch, *lines: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines))))


def _pair(id_: str, official: str, mention: str) -> bytes:
    return json.dumps({"id": id_, "official": official, "mention": mention}).encode()


def test_line_for_each_pair(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _feed(
        monkeypatch,
        _pair("a", "临江市自3月1日起免收工本费。", "😀临江市自３月5日起免收工本费。"),
        _pair("b", "临江市自3月1日起免收工本费。", "转发：临江市从三月一日起免收工本费！"),
    )
    contrast()
    changed, same = map(json.loads, capsys.readouterr().out.splitlines())
    assert changed["distorted"] is True
    assert changed["differences"] == [{"kind": "date", "official": [4, 8], "mention": [5, 9]}]
    assert 0.5 < changed["score"] <= 1
    assert (same["id"], same["distorted"], same["differences"]) == ("b", False, [])
    assert set(same) == {"id", "distorted", "score", "differences"}


def test_bad_line_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _feed(monkeypatch, b"{", b'{"id": "x", "official": "a"}', _pair("c", "", "\ud800"))
    with pytest.raises(BadInputError, match="2 lines were passed over"):
        contrast()
    out, err = capsys.readouterr()
    assert json.loads(out)["distorted"] is False
    assert "line 1: " in err
    assert "line 2: the field “mention” is missing" in err
