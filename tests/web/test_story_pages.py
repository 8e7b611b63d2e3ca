"""事件: how it spread, and people who split and merge it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from alerts.models import Alert, StoryDecision
from clarifications.models import AuditEntry
from desk import ports
from pipeline.errors import StoreError
from pipeline.model import Mention
from pipeline.ports import MentionStore
from tests.builders import NOON, mention
from tests.desk_of import raised
from tests.web.conftest import Login
from tests.web.fake_desk import SCRIPT


def told(id: str, minute: int, source: str, **changes: Any) -> Mention:  # noqa: A002
    at = NOON + timedelta(minutes=minute - 300)
    values = {"title": "夜市要关停", "text": "网传夜市要关停。", "story": "tale"} | changes
    return mention(id, source=source, seen_at=at, published_at=at, **values)


@pytest.fixture
def tale(empty_desk: ports.Desk, store: MentionStore) -> ports.Desk:
    store.put([
        told("tale", 0, "forum"),
        told("paper", 70, "gazette", duplicate_of="tale", similarity=0.9),
        told("copy", 80, "portal", duplicate_of="tale", origin="临江日报"),
        told("other", 90, "forum", title="地铁停运", text="地铁二号线今晚停运检修。"),
        told("away", 100, "forum", title="桥梁封闭", story="away"),
    ])  # fmt: skip
    return empty_desk


def body(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def stories(store: MentionStore) -> dict[str, str]:
    return {key: each.story for key, each in store.get(["tale", "paper", "copy", "other"]).items()}


def test_the_page_tells_how_it_spread(tale: ports.Desk, as_role: Login) -> None:
    raised([told("tale", 0, "forum")])
    page = body(as_role("monitor"), "/stories/tale/")
    assert "首发 <strong>临江论坛</strong>" in page
    assert "4条信息" in page
    assert "其中转载2条" in page
    assert "据此推断" in page, "paper names nobody"
    assert "文中注明来自“临江日报”，内容相同且发布在后" in page
    places = [page.index(f'id="m-{each}"') for each in ("tale", "paper", "copy", "other")]
    assert places == sorted(places)
    assert "每小时信息量：03-05 07时 1，03-05 08时 3" in page
    assert f"/alerts/{Alert.objects.get().pk}/" in page


def test_alert_and_mention_lead_there(tale: ports.Desk, as_role: Login) -> None:
    alert = raised([told("tale", 0, "forum")])
    client = as_role("monitor")
    assert 'href="/stories/tale/"' in body(client, "/mentions/copy/")
    assert 'href="/stories/tale/"' in body(client, f"/alerts/{alert.pk}/")


def test_an_unknown_story_is_not_found(tale: ports.Desk, as_role: Login) -> None:
    body(as_role("monitor"), "/stories/nothing/", 404)


def test_split_by_hand(tale: ports.Desk, store: MentionStore, as_role: Login) -> None:
    client = as_role("handler")
    answer = client.post(
        "/stories/tale/split/", {"mention": ["other"], "reason": "另一件事", "seen": "0"},
        follow=True,
    )  # fmt: skip
    new = stories(store)["other"]
    assert new not in ("tale", "other")
    assert answer.redirect_chain == [(f"/stories/{new}/", 302)]
    page = answer.content.decode()
    assert "已拆出1条信息" in page
    assert "自另一事件拆出" in page
    assert stories(store)["copy"] == "tale"
    assert "拆出1条信息" in body(client, "/stories/tale/")
    assert "另一件事" in body(client, "/stories/tale/")
    assert "拆分事件" in body(as_role("leadership"), "/log/")


def test_merged_and_led_on(tale: ports.Desk, store: MentionStore, as_role: Login) -> None:
    client = as_role("monitor")
    answer = client.post(
        "/stories/tale/merge/",
        {"target": "http://testserver/mentions/away/", "reason": "同一件事", "seen": "0"},
        follow=True,
    )
    assert answer.redirect_chain == [("/stories/away/", 302)]
    assert set(stories(store).values()) == {"away"}
    assert client.get("/stories/tale/").headers["location"] == "/stories/away/"
    assert "并入了事件 tale" in body(client, "/stories/away/")


@pytest.mark.parametrize(
    ("step", "sent", "sentence"),
    [
        ("split", {"mention": ["other"], "reason": " "}, "须写明理由"),
        ("split", {"reason": "有"}, "请先勾选"),
        ("split", {"mention": ["tale", "paper", "copy", "other"], "reason": "有"}, "至少留下一条"),
        ("split", {"mention": ["away"], "reason": "有"}, "有1条已不属于这一事件"),
        ("split", {"mention": ["other"], "reason": "有", "seen": "x"}, "请看过现在的情况"),
        ("merge", {"target": "", "reason": "有"}, "请填写要并入的事件"),
        ("merge", {"target": "nowhere", "reason": "有"}, "没有找到事件“nowhere”"),
        ("merge", {"target": SCRIPT, "reason": "有"}, "没有找到事件"),
        ("merge", {"target": "/stories/tale/", "reason": "有"}, "它自己"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    tale: ports.Desk, store: MentionStore, as_role: Login, step: str, sent: Any, sentence: str
) -> None:
    answer = as_role("monitor").post(f"/stories/tale/{step}/", {"seen": "0", **sent})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert sentence in page
    assert SCRIPT not in page
    assert not StoryDecision.objects.exists()
    assert set(stories(store).values()) == {"tale"}


@pytest.mark.parametrize("role", ["leadership", "admin"])
def test_others_may_look_only(tale: ports.Desk, as_role: Login, role: str) -> None:
    client = as_role(role)
    assert "disabled" in body(client, "/stories/tale/")
    sent = {"mention": ["other"], "reason": "有", "seen": "0"}
    assert client.post("/stories/tale/split/", sent).status_code == 409
    assert AuditEntry.objects.get().action == "story.split.refused"


def test_a_store_that_fails_later_is_told_and_the_decision_stands(
    tale: ports.Desk, store: MentionStore, as_role: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_mentions: object) -> list[str]:
        raise StoreError("信息库没有应答。")

    monkeypatch.setattr(store, "replace", down)
    answer = as_role("monitor").post(
        "/stories/tale/split/", {"mention": ["other"], "reason": "另一件事", "seen": "0"}
    )
    assert answer.status_code == 302
    assert StoryDecision.objects.get().mentions == ["other"]
