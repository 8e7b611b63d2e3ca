"""The weekly digest: weeks, figures, the page, and that it is made and mailed once."""

from __future__ import annotations

import re
import smtplib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from alerts.models import SourceState
from clarifications import services
from clarifications.models import Case
from clarifications.roles import ensure_roles
from desk import ports
from desk.digests import service
from desk.digests.build import build_digest
from desk.digests.figures import SUMMARY_LENGTH, AlertLine, Pair, Share, summarise
from desk.digests.render import render_html, render_text
from desk.digests.weeks import due_week, read_week
from desk.models import DigestRun
from pipeline.errors import BadInputError
from pipeline.stores.memory import MemoryStore
from tests.builders import NOON, mention
from tests.web.fake_desk import AGENCY, SCRIPT, SOURCES, ZONE, fill, make_desk, person, the_alert

WEEK = "2026-W10"
"""The week of NOON: 2 to 8 March 2026."""


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def desk(db: None, own_data: Path, store: MemoryStore) -> ports.Desk:
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    made = make_desk(store, own_data)
    ports.install(made)
    return made


def build(store: MemoryStore, week: str = WEEK, now: datetime = NOON) -> Any:
    return build_digest(store, week, now, agency=AGENCY, timezone=ZONE, sources=SOURCES)


# --- weeks -------------------------------------------------------------------------------------


def test_weeks_are_those_of_beijing() -> None:
    week = read_week("2026-W01", ZONE)
    assert (week.monday.isoformat(), week.sunday.isoformat()) == ("2025-12-29", "2026-01-04")
    assert week.since == datetime(2025, 12, 28, 16, tzinfo=UTC)
    assert week.until - week.since == timedelta(days=7)
    assert week.before.name == "2025-W52"
    assert read_week("2020-W53", ZONE).before.name == "2020-W52"


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-W54", "2026-W00", "2025-W53", "26-W10", "2026-w10", "２０２６-W10",
             "0001-W01", "9999-W53", "2026-W10\n", "../etc"],
)  # fmt: skip
def test_what_is_no_week_is_one_sentence(name: str) -> None:
    with pytest.raises(BadInputError, match="周次") as caught:
        read_week(name, ZONE)
    assert str(caught.value).count("。") == 1


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-03-09T00:29:00Z", None),
        ("2026-03-09T00:30:00Z", "2026-W10"),
        ("2026-03-15T15:59:00Z", "2026-W10"),
        ("2026-03-15T16:00:00Z", None),
        ("2026-01-05T01:00:00Z", "2026-W01"),
    ],
)
def test_the_digest_is_due_from_its_hour_on(now: str, week: str | None) -> None:
    assert due_week(datetime.fromisoformat(now), 1, time(8, 30), ZONE) == week


# --- figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (Pair(13, 10), "比上周多3（+30.0%）"),
        (Pair(7, 10), "比上周少3（-30.0%）"),
        (Pair(3, 0), "比上周多3"),
        (Pair(0, 4), "比上周少4（-100.0%）"),
        (Pair(0, 0), "与上周持平"),
    ],
)
def test_changes_are_computed(pair: Pair, words: str) -> None:
    assert pair.words == words


def test_a_figure_beside_the_one_before() -> None:
    pairs = (Pair(13, 10), Pair(0, 4), Pair(3, 0), Pair(0, 0))
    assert [pair.short for pair in pairs] == ["+3（+30.0%）", "-4（-100.0%）", "+3", "持平"]


def test_shares_are_computed_from_counts() -> None:
    assert Share("Ⅰ级", 76, 81, 0).percent == "93.8%"
    assert Share("Ⅰ级", 0, 0, 0).percent == "—"


@pytest.mark.django_db
def test_an_empty_week_says_so(store: MemoryStore) -> None:
    digest = build(store)
    assert digest.counts.mentions == Pair(0, 0)
    assert digest.decisions == ()
    html = render_html(digest)
    assert html.count("无。") == 4
    assert "本周收到信息0条，与上周持平" in html


def test_figures_stand_beside_those_of_the_week_before(
    desk: ports.Desk, store: MemoryStore
) -> None:
    fill(store)
    old = NOON - timedelta(days=7)
    store.put([mention("old", "旧闻", "旧闻一条。", published_at=old, seen_at=old)])
    digest = build(store)
    assert digest.counts.mentions == Pair(5, 1)
    assert digest.counts.alerts == Pair(3, 0)
    assert [(share.name, share.count, share.of) for share in digest.levels] == [
        ("Ⅰ级", 0, 3), ("Ⅱ级", 1, 3), ("Ⅲ级", 2, 3), ("Ⅳ级", 0, 3),
    ]  # fmt: skip
    assert sum(share.count for share in digest.sources) == 5
    assert (digest.sources[0].name, digest.sources[0].count) == ("临江论坛", 3)
    assert sum(count for _day, count in digest.counts.days) == 5
    (line,) = digest.alerts
    assert (line.level, line.hits) == ("II", 1), "one a story, the gravest"
    assert {gap.source for gap in digest.gaps} == {"临江论坛", "临江门户网"}
    assert "是否立案" in digest.decisions[0]
    assert build(store, "2026-W09").counts.mentions == Pair(1, 0)


def test_an_alert_belongs_to_the_week_of_its_first_mention(
    desk: ports.Desk, store: MemoryStore
) -> None:
    fill(store)
    hits = the_alert("known-rumour").hits
    hits.update(published_at=NOON - timedelta(days=6))
    assert build(store).counts.alerts == Pair(2, 1)
    hits.update(published_at=NOON - timedelta(days=400))
    assert build(store).counts.alerts == Pair(3, 0), "so old a date does not hide it"


def test_clarifications_with_hours_and_overdue_cases(desk: ports.Desk, store: MemoryStore) -> None:
    fill(store)
    published(the_alert("fact-conflict").pk)
    waiting = services.open_case(the_alert("known-rumour").pk, person("monitor"))
    Case.objects.filter(pk=waiting.pk).update(first_response_due=NOON - timedelta(hours=7))
    digest = build(store)
    (line,) = digest.clarifications
    assert (line.hours, line.on_time) == (0.5, True)
    assert line.basis == ("临市监发〔2024〕18号",)
    assert (digest.on_time.words, digest.on_time.percent) == ("1/1", "100.0%")
    (overdue,) = digest.overdue
    assert (overdue.number, overdue.overdue_hours) == (waiting.number, 7.0)
    assert overdue.waiting_for == "监测员、信息公开办"
    assert digest.decisions[0].startswith(f"督办{waiting.number}")
    assert "1件事项回应超时" in digest.summary
    html = render_html(digest)
    assert "0.5小时" in html
    assert "超时7小时" in html


def published(alert: str) -> Case:
    case = services.open_case(alert, person("monitor"))
    services.register(case, person("monitor"), "涉及本局职责")
    draft = services.start_draft(case, person("handler"), "rebuttal")
    services.submit(case, person("handler"))
    services.approve(case, person("head"), draft.text_hash)
    services.publish(case, person("publisher"))
    return case


def test_the_summary_is_one_short_sentence(desk: ports.Desk, store: MemoryStore) -> None:
    counts = build(store).counts
    line = AlertLine("I", "很长的标题" * 80, "理由", 3, "new", NOON, ())
    summary = summarise(counts, [line], [])
    assert len(summary) <= SUMMARY_LENGTH
    assert summary.endswith("…。")
    assert summary.count("。") == 1


# --- the page ----------------------------------------------------------------------------------


def test_the_page_stands_alone_and_is_safe(desk: ports.Desk, store: MemoryStore) -> None:
    fill(store)
    type(the_alert()).objects.update(title=SCRIPT, reason=SCRIPT)
    digest = build(store)
    html = render_html(digest)
    assert SCRIPT not in html
    assert "&lt;script&gt;" in html
    assert re.findall(r'(?:src|href)="(?!data:)', html) == []
    assert "url(" not in html
    assert SCRIPT in render_text(digest), "plain text needs no escaping"


def test_the_console_shows_the_page_under_a_policy_of_its_own(
    desk: ports.Desk, store: MemoryStore
) -> None:
    service.make_digest(WEEK)
    client = Client()
    client.force_login(person("leadership"), "django.contrib.auth.backends.ModelBackend")
    assert "juzhang@linjiang.example" in client.get("/digests/").content.decode()
    assert client.get(f"/digests/{WEEK}/").status_code == 200
    document = client.get(f"/digests/{WEEK}/document/")
    assert "default-src 'none'; style-src 'sha256-" in document["Content-Security-Policy"]
    assert document["X-Frame-Options"] == "SAMEORIGIN"
    assert Client().get(f"/digests/{WEEK}/document/").status_code == 302


# --- made once, mailed once --------------------------------------------------------------------


@pytest.fixture
def tried(desk: ports.Desk) -> None:
    """Each source has been looked at."""
    for source in SOURCES:
        SourceState.objects.create(source=source.id, last_attempt_at=NOON, last_success_at=NOON)


@pytest.fixture
def mailing(desk: ports.Desk, tried: None, store: MemoryStore, own_data: Path) -> ports.Desk:
    made = make_desk(store, own_data, mailer=get_connection, mail_sender="yuqing@linjiang.example")
    ports.install(made)
    return made


def test_a_new_system_makes_none_before_it_looked_at_its_sources(desk: ports.Desk) -> None:
    for source in SOURCES[:2]:
        SourceState.objects.create(source=source.id, last_attempt_at=NOON)
    assert service.make_and_send(WEEK) is None
    assert not DigestRun.objects.exists()
    SourceState.objects.create(source="portal", last_attempt_at=NOON, failures=1)
    assert service.make_and_send(WEEK) is not None, "a disabled source is not waited for"


def test_without_a_mail_server_it_is_only_shown(desk: ports.Desk, tried: None) -> None:
    run = service.make_and_send(WEEK)
    assert run is not None
    assert (run.mailed_at, run.attempts, run.error) == (None, 0, "")
    assert run.recipients == ["juzhang@linjiang.example"]
    assert mail.outbox == []


def test_it_is_made_once_and_mailed_once(mailing: ports.Desk) -> None:
    first, again = service.make_and_send(WEEK), service.make_and_send(WEEK)
    assert first is not None
    assert again is not None
    assert (first.pk, again.attempts) == (again.pk, 1)
    assert DigestRun.objects.count() == 1
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.to == ["juzhang@linjiang.example"]
    assert message.from_email == "yuqing@linjiang.example"
    assert "请决定" in str(message.body)
    assert message.alternatives[0][1] == "text/html"


def test_who_did_not_get_the_claim_does_not_mail(mailing: ports.Desk) -> None:
    run = service.make_digest(WEEK)
    DigestRun.objects.filter(pk=run.pk).update(claimed_at=NOON - timedelta(minutes=1))
    assert service.send_digest(run) is False
    DigestRun.objects.filter(pk=run.pk).update(claimed_at=NOON - timedelta(minutes=20))
    assert service.send_digest(run) is True
    assert len(mail.outbox) == 1


def test_a_mail_server_that_refuses_is_told_and_tried_again(
    store: MemoryStore, desk: ports.Desk, tried: None, own_data: Path
) -> None:
    def refusing() -> Any:
        raise smtplib.SMTPConnectError(421, "busy")

    ports.install(make_desk(store, own_data, mailer=refusing))
    run = service.make_and_send(WEEK)
    assert run is not None
    assert run.mailed_at is None
    assert "邮件没有发出" in run.error
    later = NOON + timedelta(minutes=16)
    ports.install(make_desk(store, own_data, mailer=get_connection, clock=lambda: later))
    assert service.make_and_send(WEEK) == run
    run.refresh_from_db()
    assert run.mailed_at == later
    assert len(mail.outbox) == 1
