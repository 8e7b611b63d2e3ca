"""Cases like a review: one clear next step, who takes it, and refusals in one sentence."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from clarifications import services
from clarifications.models import Case, CaseState
from desk import ports
from tests.web.conftest import Login
from tests.web.fake_desk import person, the_alert


@pytest.fixture
def case(desk: ports.Desk) -> Case:
    return services.open_case(the_alert("fact-conflict").pk, person("monitor"))


@pytest.fixture
def drafted(case: Case) -> Case:
    services.register(case, person("monitor"), "涉及本局职责")
    services.start_draft(case, person("spokesperson"), "rebuttal")
    return case


def test_the_whole_way_through_the_pages(case: Case, as_role: Login, desk: ports.Desk) -> None:
    url = f"/cases/{case.number}/"
    monitor, drafter, head = as_role("monitor"), as_role("spokesperson"), as_role("head")
    assert "由 监测员、信息公开办 办理" in monitor.get(url).content.decode()
    monitor.post(url + "register/", {"reason": "涉及本局职责"})
    drafter.post(url + "draft/", {"kind": "rebuttal"})
    page = drafter.get(url)
    assert "自2025年1月1日起" in page.content.decode()
    draft = page.context["draft"]
    body = draft.body + "\n补充一句。"
    drafter.post(url + "save/", {"title": draft.title, "body": body, "version": 1})
    drafter.post(url + "submit/")
    shown = head.get(url)
    assert "<ins>" in shown.content.decode()
    assert "补充一句" in shown.content.decode()
    seen = shown.context["draft"].text_hash
    head.post(url + "approve/", {"text_hash": seen, "opinion": "同意发布"})
    as_role("publisher").post(url + "publish/")
    case.refresh_from_db()
    assert case.state == CaseState.PUBLISHED
    done = monitor.get(url).content.decode()
    for said in ("澄清已发布", "同意发布", "按时回应", "补充一句", "批准"):
        assert said in done
    public = Client().get(f"/site/{case.number}.html").content.decode()
    assert "补充一句。" in public


def test_the_drafter_is_told_why_and_refused(drafted: Case, as_role: Login) -> None:
    drafter, url = as_role("spokesperson"), f"/cases/{drafted.number}/"
    drafter.post(url + "submit/")
    page = drafter.get(url)
    assert "您参与起草了这份稿件，不能对它批准" in page.content.decode()
    refused = drafter.post(
        url + "approve/", {"text_hash": page.context["draft"].text_hash, "opinion": "我看可以"}
    )
    assert refused.status_code == 409
    content = refused.content.decode()
    assert "请先解决下面的问题" in content
    assert "须由另一人办理" in content
    assert "我看可以" in content, "what was typed is not lost"
    drafted.refresh_from_db()
    assert drafted.state == CaseState.APPROVING


def test_a_text_saved_meanwhile_refuses_the_older_one_and_keeps_it(
    drafted: Case, as_role: Login
) -> None:
    url = f"/cases/{drafted.number}/"
    first, second = as_role("spokesperson"), as_role("handler")
    first.post(url + "save/", {"title": "标题一", "body": "正文一", "version": 1})
    late = second.post(url + "save/", {"title": "标题二", "body": "正文二", "version": 1})
    assert late.status_code == 409
    assert "spokesperson已保存了第2版" in late.content.decode()
    assert "正文二" in late.content.decode()
    assert drafted.drafts.get(version=2).title == "标题一"


def test_approval_of_a_text_that_was_not_seen_is_refused(drafted: Case, as_role: Login) -> None:
    url = f"/cases/{drafted.number}/"
    as_role("spokesperson").post(url + "submit/")
    refused = as_role("head").post(url + "approve/", {"text_hash": "0" * 64})
    assert refused.status_code == 409
    assert "稿件已变更" in refused.content.decode()


def test_what_is_missing_is_said_by_field(drafted: Case, as_role: Login) -> None:
    url = f"/cases/{drafted.number}/"
    client = as_role("spokesperson")
    refused = client.post(url + "save/", {"title": "", "body": "", "version": 1}).content.decode()
    assert "请填写标题" in refused
    assert "请填写正文" in refused
    unknown = client.post(url + "draft/", {"kind": "poem"}).content.decode()
    assert "没有文种“poem”" in unknown


def test_open_places_fail_the_check(case: Case, as_role: Login) -> None:
    services.register(case, person("monitor"), "涉及本局职责")
    services.start_draft(case, person("handler"), "statement")
    client, url = as_role("handler"), f"/cases/{case.number}/"
    assert "还有未填写之处" in client.get(url).content.decode()
    refused = client.post(url + "submit/")
    assert refused.status_code == 409
    assert "稿件还不能送审" in refused.content.decode()


def test_the_register_shows_the_clock(case: Case, as_role: Login) -> None:
    client = as_role("monitor")
    content = client.get("/cases/").content.decode()
    assert "还剩1天23小时" in content
    Case.objects.update(first_response_due="2026-03-05T03:00:00Z")
    late = client.get("/cases/?overdue=on").content.decode()
    assert "已超时1小时" in late
    assert "没有符合条件的事项" in client.get("/cases/?state=published").content.decode()


def test_the_register_can_be_taken_along(case: Case, as_role: Login) -> None:
    Case.objects.update(title="+cmd|' /C calc'!A0")
    client = as_role("monitor")
    table = b"".join(client.get("/cases/export.csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert rows[1][:2] == [case.number, "'+cmd|' /C calc'!A0"]
    assert client.get("/cases/export.json").json()[0]["response"] == "running"
