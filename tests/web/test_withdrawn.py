"""An article that its site has taken down is shown as that, and stays readable."""

from __future__ import annotations

import pytest

from alerts.models import Revisit
from desk import ports
from pipeline.ports import MentionStore
from tests.builders import NOON, mention
from tests.web.conftest import Login

TOLD = "原文已撤下"


@pytest.mark.parametrize(
    ("key", "position", "gone", "shown"),
    [
        ("https://news.example/m1", "", True, True),
        ("https://news.example/other", "1:40", True, True),
        ("https://news.example/m1", "", False, False),
        ("https://news.example/other", "1:99", True, False),
    ],
)
def test_a_withdrawn_article_is_shown_as_that(
    empty_desk: ports.Desk, store: MentionStore, as_role: Login,
    key: str, position: str, gone: bool, shown: bool,
) -> None:  # fmt: skip
    store.put([mention(title="夜市恢复营业", raw="1:40")])
    Revisit.objects.create(
        key=key, source="gazette", url=key, position=position, first_at=NOON,
        gone_at=NOON if gone else None,
    )  # fmt: skip
    text = as_role("monitor").get("/mentions/m1/").content.decode()
    assert (TOLD in text) is shown
    assert "夜市恢复营业" in text
