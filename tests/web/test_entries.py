"""What is entered by hand at the desk, and what the public sends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clarifications.models import AuditEntry
from desk import inbox, ports, throttle
from desk.models import TipReceipt
from pipeline.documents.entry import Entry
from pipeline.inbox import folder_of, waiting
from pipeline.model import Source, SourceKind
from pipeline.ports import MentionStore
from tests.browser import Chromium
from tests.builders import NOON
from tests.web.conftest import Login
from tests.web.fake_desk import SOURCES, make_desk, person

DESK = Source("duty-desk", SourceKind.ENTRY, "值班录入")
TIPS = Source("tips", SourceKind.TIPS, "群众线索")


@pytest.fixture
def open_desk(empty_desk: ports.Desk) -> ports.Desk:
    """A desk with both forms."""
    configured = [ports.Configured(each, "sources.yaml:1") for each in (*SOURCES, DESK, TIPS)]
    desk = replace(empty_desk, sources=configured)
    ports.install(desk)
    return desk


def entries(desk: ports.Desk, source: Source = DESK) -> list[Entry]:
    paths = sorted(folder_of(desk.office.data_folder, source.id).glob("*"))
    assert all(path.suffix == ".json" for path in paths)
    return [Entry.from_json(path.read_bytes()) for path in paths]


def form(client: Client, **changes: Any) -> dict[str, Any]:
    """The form as a person sends it, with the ticket of the page."""
    page = client.get("/entries/").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket is not None
    usual = {
        "ticket": ticket[1], "source": DESK.id, "title": "", "channel": "广播",
        "text": "主持人说办执照要交200元。\n没有说依据。", "place": "临江交通广播",
        "seen_at": "2026-03-05T11:40", "url": "",
    }  # fmt: skip
    return {**usual, **changes}


@pytest.mark.parametrize("path", ["/entries/", "/tip/", "/login/"])
def test_what_is_too_large_is_refused_before_it_is_read(open_desk: ports.Desk, path: str) -> None:
    """Else anybody could fill the disk: Django writes uploads down before it looks who sends."""

    class Unread(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("nothing of it is read")

    about: dict[str, Any] = {
        "CONTENT_LENGTH": str(5 * 10**9), "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "wsgi.input": Unread(), "HTTP_COOKIE": f"chengqing-csrf={'a' * 32}",
    }  # fmt: skip
    response = Client(enforce_csrf_checks=True).generic("POST", path, b"", **about)
    assert response.status_code == 413
    assert response.content.decode() == "提交的内容过大，请不超过10MB。"


# --- the desk ----------------------------------------------------------------------------------


def test_an_entry_waits_for_the_collector_and_is_logged(
    open_desk: ports.Desk, as_role: Login
) -> None:
    client = as_role("monitor")
    picture = SimpleUploadedFile("../截图.png", b"\x89PNG\r\n\x1a\n...")
    sent = form(client, file=picture)
    response = client.post("/entries/", sent, follow=True)
    assert response.redirect_chain == [("/entries/", 302)]
    assert "约一分钟内进入检索和预警" in response.content.decode()
    (entry,) = entries(open_desk)
    assert entry.text == "主持人说办执照要交200元。\n没有说依据。"
    assert (entry.channel, entry.place, entry.by) == ("广播", "临江交通广播", "monitor")
    assert entry.seen_at == NOON - timedelta(minutes=20)
    assert [(each.name, each.body[:4]) for each in entry.attachments] == [("截图.png", b"\x89PNG")]
    logged = AuditEntry.objects.get(action="entry.make")
    assert (logged.actor, logged.role, logged.subject_id) == ("monitor", "monitor", entry.id)
    client.post("/entries/", {**sent, "file": ""})
    assert len(entries(open_desk)) == 1, "the same page sent twice is one entry"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "", "title": ""}, "请填写标题或内容，或附上截图、文件。"),
        ({"seen_at": "2026-03-05T13:00"}, "看到或听到的时间不能晚于现在。"),
        ({"seen_at": "昨天"}, "时间写法应为 2026-11-24 09:30。"),
        ({"url": "ftp://a.example/"}, "网址应以 http:// 或 https:// 开头。"),
        ({"url": "javascript:alert(1)"}, "网址应以 http:// 或 https:// 开头。"),
        ({"title": "长" * 201}, "标题请不超过200字。"),
        ({"ticket": "../../x"}, "页面已过期，请重新打开。"),
        ({"file": SimpleUploadedFile("a.png", b"%PDF-1.7")},
         "a.png：文件名是 .png，内容却是PDF，请改正扩展名后重新放入。"),
        ({"file": SimpleUploadedFile("a.txt", b"")}, "a.txt：文件是空的。"),
        ({"file": SimpleUploadedFile("a.csv", b"a,b\n1,2")},
         "表格请放入投递文件夹，这里只收截图和单篇文件。"),
        ({"file": SimpleUploadedFile("a.txt", b"x" * (10 * 1024 * 1024 + 1))}, "文件请不超过10MB。"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_is_said_and_what_was_typed_stays(
    open_desk: ports.Desk, as_role: Login, changes: dict[str, Any], sentence: str
) -> None:
    client = as_role("monitor")
    response = client.post("/entries/", form(client, **changes))
    assert response.status_code == 400
    page = response.content.decode()
    assert sentence in page
    assert "临江交通广播" in page
    assert entries(open_desk) == []


def test_who_may_enter(open_desk: ports.Desk, as_role: Login) -> None:
    ticket = form(as_role("monitor"))
    for role in ("monitor", "publisher", "handler", "spokesperson", "leader", "head"):
        page = as_role(role).get("/entries/")
        assert page.status_code == 200
        assert 'href="/entries/" aria-current="page"' in page.content.decode()
    for role in ("leadership", "admin"):
        client = as_role(role)
        assert client.get("/entries/").status_code == 409
        assert client.post("/entries/", ticket).status_code == 409
        assert "/entries/" not in client.get("/").content.decode()
    assert AuditEntry.objects.filter(action="entry.make.refused").count() == 2
    assert Client().get("/entries/").status_code == 302
    assert entries(open_desk) == []


def test_without_its_source_there_is_no_form(empty_desk: ports.Desk, as_role: Login) -> None:
    assert as_role("monitor").get("/entries/").status_code == 404
    assert Client().get("/tips/").status_code == 404
    assert Client().post("/tips/", {"text": "一条线索内容"}).status_code == 404
    assert Client().get("/tips/thanks/").status_code == 404


def test_a_full_inbox_takes_nothing_more(
    open_desk: ports.Desk, as_role: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(inbox.MOST_WAITING, SourceKind.ENTRY, (1, 1_000_000))
    client = as_role("monitor")
    assert client.post("/entries/", form(client)).status_code == 302
    response = client.post("/entries/", form(client))
    assert response.status_code == 409
    assert "等待收录的内容过多" in response.content.decode()
    assert waiting(open_desk.office.data_folder, DESK.id)[0] == 1
    assert AuditEntry.objects.filter(action="entry.make").count() == 1


# --- the public --------------------------------------------------------------------------------

TIP = {
    "text": "听说夜市下月要收入场费十元。",
    "place": "小区业主群",
    "url": "",
    "contact": "13812345678",
}


def test_a_tip_needs_no_login_and_keeps_no_address(open_desk: ports.Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/tips/", TIP).status_code == 403
    page = client.get("/tips/")
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "no-store" in page["Cache-Control"]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token is not None
    sent = client.post("/tips/", {**TIP, "csrfmiddlewaretoken": token[1]}, follow=True)
    assert sent.redirect_chain == [("/tips/thanks/", 302)]
    assert "谢谢，已收到" in sent.content.decode()
    (entry,) = entries(open_desk, TIPS)
    assert (entry.text, entry.place, entry.by) == (TIP["text"], "小区业主群", "")
    assert entry.contact == "13812345678"
    assert "127.0.0.1" not in TipReceipt.objects.get().sender


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "请写下您看到或听到的内容。"),
        ({"text": "四个字呀"}, "请写得具体一些，至少5个字。"),
        ({"text": "长" * 5001}, "内容请不超过5000字。"),
        ({"contact": "1" * 101}, "联系方式请不超过100字。"),
        ({"url": "javascript:alert(1)"}, "网址应以 http:// 或 https:// 开头。"),
    ],
)
def test_what_is_wrong_with_a_tip_is_said(
    open_desk: ports.Desk, changes: dict[str, str], sentence: str
) -> None:
    response = Client().post("/tips/", {**TIP, **changes})
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert entries(open_desk, TIPS) == []


def test_programs_fall_into_the_trap(open_desk: ports.Desk) -> None:
    response = Client().post("/tips/", {**TIP, "website": "http://spam.example"})
    assert response["Location"] == "/tips/thanks/"
    assert entries(open_desk, TIPS) == []
    assert not TipReceipt.objects.exists()


def test_tips_are_throttled_by_sender(open_desk: ports.Desk) -> None:
    most = throttle.PER_SENDER[0][1]
    for _ in range(most):
        assert Client().post("/tips/", TIP).status_code == 302
    refused = Client().post("/tips/", TIP)
    assert refused.status_code == 429
    assert "提交过于频繁" in refused.content.decode()
    assert TIP["text"] in refused.content.decode()
    assert len(entries(open_desk, TIPS)) == most
    other = Client(headers={"x-forwarded-for": "203.0.113.9, 198.51.100.7"})
    assert other.post("/tips/", TIP).status_code == 302
    spoofed = Client(REMOTE_ADDR="198.51.100.8", headers={"x-forwarded-for": "198.51.100.9"})
    senders = set(TipReceipt.objects.values_list("sender", flat=True))
    spoofed.post("/tips/", TIP)
    new = set(TipReceipt.objects.values_list("sender", flat=True)) - senders
    Client(REMOTE_ADDR="198.51.100.8").post("/tips/", TIP)
    assert len(new) == 1
    assert TipReceipt.objects.filter(sender__in=new).count() == 2


def test_tips_are_throttled_altogether_and_receipts_are_forgotten(
    open_desk: ports.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "ALTOGETHER", ((throttle.HOUR, 2),))
    assert throttle.take("a", NOON)
    assert throttle.take("b", NOON)
    assert not throttle.take("c", NOON)
    assert throttle.take("c", NOON + throttle.HOUR)
    assert throttle.take("d", NOON + throttle.DAY)
    assert {row.sender for row in TipReceipt.objects.all()} == {"c", "d"}


def test_a_household_of_ipv6_is_one_sender(open_desk: ports.Desk) -> None:
    for host in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        assert Client(REMOTE_ADDR=host).post("/tips/", TIP).status_code == 302
    assert Client(REMOTE_ADDR="2001:db8:1:3::1").post("/tips/", TIP).status_code == 302
    assert len(set(TipReceipt.objects.values_list("sender", flat=True))) == 2


def test_a_full_inbox_says_so_to_the_public(
    open_desk: ports.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(inbox.MOST_WAITING, SourceKind.TIPS, (10, 100))
    response = Client().post("/tips/", TIP)
    assert response.status_code == 503
    assert "等待收录的内容过多" in response.content.decode()


# --- in a browser ------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_both_forms_in_a_browser(
    live_server: Any, own_data: Path, store: MentionStore, chromium: Chromium
) -> None:
    from clarifications.roles import ensure_roles

    ensure_roles()
    own_data.mkdir(exist_ok=True)
    configured = [ports.Configured(each, "sources.yaml:1") for each in (DESK, TIPS)]
    desk = make_desk(store, own_data, sources=configured)
    ports.install(desk)
    page = chromium.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/tips/")
    assert chromium.overflow() == 0
    trap = page.get_by_label("请勿填写").bounding_box()
    assert trap is not None
    assert trap["x"] < 0
    page.get_by_label("您看到或听到了什么").fill("听说夜市下月要收入场费十元。")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("谢谢，已收到").wait_for()
    assert len(entries(desk, TIPS)) == 1

    client = Client()
    client.force_login(person("monitor"), "django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["chengqing-session"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/entries/")
    assert chromium.overflow() == 0
    page.locator("#id_text").fill("主持人说办执照要交200元。")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("约一分钟内进入检索和预警").wait_for()
    assert [entry.text for entry in entries(desk)] == ["主持人说办执照要交200元。"]
    assert chromium.complaints == []
