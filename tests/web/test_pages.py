"""Every page answers, for whom it should, and is safe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from desk import ports
from tests.web.conftest import Login
from tests.web.fake_desk import SCRIPT, fact_hit, rumour, the_alert

PAGES = [
    "/", "/alerts/", "/alerts/?state=new&level=II&order=level", "/mentions/", "/mentions/?q=工本费",
    "/mentions/rumour-1/", "/sources/", "/sources/forum/", "/cases/", "/digests/",
    "/configuration/", *(f"/configuration/{part}/" for part in (
        "sources", "rules", "facts", "claims", "departments", "roster", "channels")),
]  # fmt: skip


@pytest.mark.parametrize("url", PAGES)
def test_pages_need_a_login_and_then_answer(desk: ports.Desk, as_role: Login, url: str) -> None:
    anonymous = Client().get(url)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/login/?next=")
    response = as_role("monitor").get(url)
    assert response.status_code == 200
    assert desk.agency in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("url", [page for page in PAGES if "rumour" not in page])
def test_pages_answer_on_an_empty_desk(empty_desk: ports.Desk, as_role: Login, url: str) -> None:
    assert as_role("monitor").get(url).status_code == 200


def test_health_needs_no_login(empty_desk: ports.Desk) -> None:
    assert Client().get("/healthz").content == b"ok\n"
    assert Client().get("/favicon.ico")["Location"] == "/static/desk/icon.svg"


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/nowhere/", 404),
        ("/alerts/none/", 404),
        ("/alerts/none/?hit=x", 404),
        ("/mentions/none/", 404),
        ("/sources/none/", 404),
        ("/configuration/none/", 404),
        ("/cases/2026-9999/", 404),
        ("/digests/2026-W01/", 404),
        ("/log/", 403),
        ("/mentions/?cursor=%00", 400),
        ("/mentions/?q=" + "a" * 2000, 400),
        ("/mentions/?since=2026-13-01", 400),
        ("/mentions/?source=none", 400),
    ],
)
def test_what_is_not_there_is_said_in_words(
    empty_desk: ports.Desk, as_role: Login, url: str, status: int
) -> None:
    response = as_role("monitor").get(url)
    assert response.status_code == status
    assert "Traceback" not in response.content.decode()
    assert "</html>" in response.content.decode()


@pytest.mark.parametrize("query", ["hit=999", "hit=x", "hit=²", "hit=" + "9" * 40])
def test_a_hit_that_is_none_of_the_alert_is_not_found(
    desk: ports.Desk, as_role: Login, query: str
) -> None:
    assert as_role("monitor").get(f"/alerts/{the_alert().pk}/?{query}").status_code == 404


def test_the_store_being_down_is_one_sentence(
    desk: ports.Desk, as_role: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.errors import StoreError
    from pipeline.stores.memory import MemoryStore

    def down(*_args: object, **_options: object) -> None:
        raise StoreError("信息库没有应答，请稍后再试。", retryable=True)

    for name in ("search", "versions"):
        monkeypatch.setattr(MemoryStore, name, down)
    searching = as_role("monitor").get("/mentions/?q=工本费")
    assert searching.status_code == 503
    assert "信息库没有应答" in searching.content.decode()
    alert = as_role("monitor").get(f"/alerts/{the_alert().pk}/")
    assert alert.status_code == 200
    assert "信息库没有应答" in alert.content.decode()


def test_stored_markup_is_shown_as_text(desk: ports.Desk, as_role: Login, store: object) -> None:
    from alerts.services import alert_id, raise_alerts
    from tests.web.fake_desk import RULES

    evil = rumour(9, id="evil", title=SCRIPT, text=SCRIPT + "收200元，5个工作日。", story="evil",
                  url="javascript:alert(1)", author=SCRIPT, origin=SCRIPT)  # fmt: skip
    desk.store().put([evil])
    raise_alerts(
        [(evil, [fact_hit(evil)])], {each.id: each for each in RULES}, {}, {}, desk.clock()
    )
    client = as_role("monitor")
    alert = alert_id("fact-conflict", "evil")
    pages = (
        "/",
        "/alerts/",
        f"/alerts/{alert}/",
        "/mentions/",
        "/mentions/evil/",
        "/sources/forum/",
    )
    for url in pages:
        content = client.get(url).content.decode()
        assert SCRIPT not in content
        assert "&lt;script&gt;" in content
        assert 'href="javascript:' not in content


def test_login_refuses_another_host_and_counts_attempts(empty_desk: ports.Desk) -> None:
    from django.contrib.auth.models import User

    User.objects.create_user("monitor", password="right-horse-9")
    client = Client()
    form = {"username": "monitor", "password": "right-horse-9", "next": "https://evil.example/"}
    assert client.post("/login/", form)["Location"] == "/"
    stranger = Client()
    wrong = {"username": "monitor", "password": "wrong"}
    shown = [stranger.post("/login/", wrong) for _ in range(6)]
    assert "用户名或口令不对" in shown[0].content.decode()
    assert shown[-1].status_code == 429
    assert "登录已暂停" in shown[-1].content.decode()
    assert stranger.post("/login/", form).status_code == 429


def test_logout_is_a_post(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"


def test_forged_posts_are_refused(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor", enforce_csrf_checks=True)
    response = client.post(f"/alerts/{the_alert().pk}/take/")
    assert response.status_code == 403
    assert "请求未被接受" in response.content.decode()


def test_the_public_site_serves_plain_names_only(empty_desk: ports.Desk, own_data: Path) -> None:
    client = Client()
    assert "还没有发布过澄清" in client.get("/site/").content.decode()
    site = own_data / "site"
    site.mkdir()
    (site / "index.html").write_text("<p>澄清</p>", "utf-8")
    (site / "atom.xml").write_text("<feed/>", "utf-8")
    (own_data / "secret.html").write_text("secret", "utf-8")
    (site / "link.html").symlink_to(own_data / "secret.html")
    assert "澄清" in client.get("/site/").content.decode()
    assert client.get("/site/atom.xml")["Content-Type"].startswith("application/atom+xml")
    for name in ("../secret.html", "%2e%2e/secret.html", "link.html", "a/b.html", ".html", "x.py"):
        assert client.get("/site/" + name).status_code == 404


def test_the_log_is_for_those_who_oversee(
    desk: ports.Desk, as_role: Login, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        as_role("monitor").post(f"/alerts/{the_alert().pk}/take/")
    for role in ("leader", "head", "leadership", "admin"):
        content = as_role(role).get("/log/").content.decode()
        assert "日志完整" in content
        assert "处理预警" in content


def test_a_list_can_be_taken_along(desk: ports.Desk, as_role: Login) -> None:
    from alerts.models import Alert

    Alert.objects.filter(pk=the_alert().pk).update(title="=1+1", reason="@SUM(A1)")
    client = as_role("monitor")
    table = b"".join(client.get("/alerts/export.csv?rule=fee-rumour")).decode("utf-8-sig")
    assert "'=1+1,'@SUM(A1)" in table
    assert len(table.splitlines()) == 2
    rows = json.loads(client.get("/alerts/export.json?level=II").content)
    assert [row["rule"] for row in rows] == ["known-rumour"]


def test_a_fault_of_ours_is_a_page_without_a_traceback(
    desk: ports.Desk, as_role: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("inner detail")

    monkeypatch.setattr("desk.views.home.source_lines", broken)
    response = as_role("monitor", raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert "系统出错" in response.content.decode()
    assert "inner detail" not in response.content.decode()
