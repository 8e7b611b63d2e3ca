"""A desk for tests: an invented agency with mentions in memory, alerts raised by invented hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User

from alerts.definitions import record_definitions
from alerts.models import Alert, SourceState
from alerts.services import alert_id, raise_alerts
from clarifications.office import Office
from desk.ports import Configured, Desk
from pipeline.model import (
    AllOf,
    AnyOf,
    Claim,
    ClaimMatch,
    Fact,
    FactElement,
    Finding,
    Mention,
    Near,
    NoneOf,
    Rule,
    RuleHit,
    RuleSpan,
    Source,
    SourceKind,
    When,
)
from pipeline.ports import MentionStore
from tests.builders import NOON, mention

AGENCY = "临江市市场监督管理局"
ZONE = "Asia/Shanghai"
SCRIPT = "<script>alert(1)</script>"

SOURCES = (
    Source("gazette", SourceKind.FEED, "临江日报", "http://news.example/rss.xml"),
    Source("forum", SourceKind.PAGE, "临江论坛", "http://forum.example/"),
    Source("portal", SourceKind.PAGE, "临江门户网", "http://portal.example/news/"),
    Source("radio", SourceKind.FEED, "临江广播", "http://radio.example/", enabled=False),
)
RULES = (
    Rule(
        "fee-rumour", "III", "keyword", "网传办照收费",
        AllOf((
            AnyOf(("市场监管局", "工商局")),
            Near((("注册", "办照"), ("收费", "工本费")), 30),
            NoneOf(("招聘",)),
        )),
        spelling="evasive", department="registration",
    ),
    Rule("known-rumour", "II", "claim", "已澄清传言再现", department="news"),
    Rule("fact-conflict", "III", "fact", "与官方口径不一致", department="news"),
    Rule("night", "IV", name="深夜爆料帖", condition="爆料", sources=("forum",),
         when=When(hours=(time(22), time(7)), weekdays=(6, 7), since=date(2026, 1, 1))),
)  # fmt: skip
FACT = Fact(
    "fee-2025", "自2025年1月1日起，全市企业开办免收工本费，3个工作日内办结。",
    ("企业开办", "注册公司"),
    (
        FactElement("fee", "amount", "0元", ("工本费",)),
        FactElement("limit", "duration", "3个工作日", ("办结",)),
    ),
    date(2025, 1, 1), source="临市监发〔2024〕18号",
)  # fmt: skip
CLAIM = Claim("fee-200", "在临江注册公司要交200元工本费", verdict=False)


@dataclass(frozen=True)
class Department:
    id: str
    name: str
    duties: tuple[str, ...] = ()
    contact: str = ""


@dataclass(frozen=True)
class Duty:
    person: str
    role: str
    on: date | None = None
    weekday: int | None = None
    department: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Channel:
    id: str = "site"
    kind: str = "site"
    name: str = "局门户网站澄清专栏"
    title: str = ""
    base_url: str = "/site/"


def make_desk(store: MentionStore, folder: Path, **changes: Any) -> Desk:
    """A desk whose clock stands at NOON; data go below `folder`."""

    def clock() -> datetime:
        return NOON

    office = Office(
        agency=AGENCY,
        data_folder=folder,
        contact="0700-5550102",
        channels=(Channel(),),
        facts={FACT.id: FACT},
        claims={CLAIM.id: CLAIM},
        sources={source.id: source.name for source in SOURCES},
        clock=changes.get("clock", clock),
    )
    departments = (
        Department("registration", "行政审批科", ("注册",), "0700-5550103"),
        Department("news", "新闻宣传科", ("舆情", "澄清")),
    )
    values: dict[str, Any] = {
        "agency": AGENCY,
        "timezone": ZONE,
        "store": lambda: store,
        "clock": clock,
        "office": office,
        "sources": _configured("sources.yaml", SOURCES),
        "rules": _configured("rules.yaml", RULES),
        "facts": _configured("facts.yaml", (FACT,)),
        "claims": _configured("claims.yaml", (CLAIM,)),
        "departments": _configured("departments.yaml", departments),
        "roster": _configured(
            "roster.yaml",
            (
                Duty("许安澜", "值班长", weekday=4, department="news", phone="0700-5550201"),
                Duty("段景和", "值班长", on=date(2026, 10, 1)),
            ),
        ),
        "channels": _configured("channels.yaml", (Channel(),)),
        "recipients": ("juzhang@linjiang.example",),
    }
    return Desk(**{**values, **changes})


def _configured(file: str, values: tuple[Any, ...]) -> list[Configured[Any]]:
    return [Configured(value, f"{file}:{10 * n + 1}") for n, value in enumerate(values)]


TEXT = (
    "昨天陪朋友去政务大厅办执照。窗口说在临江注册公司要交200元工本费，还要等5个工作日才能办结。"
    "市场监管局的收费标准到底是什么？大家注意一下。\n后来又问了一次，说法还是一样。"
)


def rumour(number: int = 1, **changes: Any) -> Mention:
    values: dict[str, Any] = {
        "id": f"rumour-{number}",
        "title": "注册公司要交200元？刚从窗口回来",
        "text": TEXT,
        "source": "forum",
        "story": "story-fee",
        "raw": f"1:{number * 100}",
        "url": f"http://forum.example/t/{number}",
        "published_at": NOON - timedelta(hours=2 * number),
    }
    return mention(**{**values, **changes})


def keyword_hit(m: Mention) -> RuleHit:
    spans: list[RuleSpan] = []
    for term in ("市场监管局", "工本费", "注册"):
        at = m.text.find(term)
        if at >= 0:
            spans.append((at, at + len(term), term, "text"))
    return RuleHit(
        "fee-rumour", "III", "keyword", "标题或正文中“市场监管局”与“工本费”同时出现", tuple(spans)
    )


def claim_hit(m: Mention) -> RuleHit:
    said = "窗口说在临江注册公司要交200元工本费"
    at = m.text.find(said)
    match = ClaimMatch(CLAIM.id, 0.93, True, (at, at + len(said)))
    reason = f"与已澄清的说法“{CLAIM.text}”相似"
    return RuleHit("known-rumour", "II", "claim", reason, (), (match,))


def fact_hit(m: Mention) -> RuleHit:
    fee, limit = m.text.find("200元"), m.text.find("5个工作日")
    findings = (
        Finding(FACT.id, "conflict", "fee", "0元", "200元", (fee, fee + 4)),
        Finding(FACT.id, "conflict", "limit", "3个工作日", "5个工作日", (limit, limit + 5)),
        Finding(FACT.id, "omission", "scope", "全市", None, None),
    )
    reason = "工本费与口径不一致：口径0元，信息中200元"
    return RuleHit("fact-conflict", "III", "fact", reason, (), (), findings)


def fill(store: MentionStore) -> None:
    """Four mentions of one story and one harmless report; three alerts; the health of sources."""
    rumours = [rumour(1), rumour(2), rumour(3, source="portal"), rumour(4)]
    harmless = mention(
        "market", "滨江夜市五一开市", "滨江夜市每日17:30开市、23:30闭市。", story="story-market"
    )
    store.put([*rumours, harmless])
    store.refresh()
    record_definitions(
        {"rule": {rule.id: {"id": rule.id, "level": rule.level} for rule in RULES}}, NOON
    )
    rules = {rule.id: rule for rule in RULES}
    first = rumours[0]
    judged = [
        (first, [keyword_hit(first), claim_hit(first), fact_hit(first)]),
        *[(each, [keyword_hit(each)]) for each in rumours[1:]],
    ]
    raise_alerts(judged, rules, {CLAIM.id: CLAIM}, {FACT.id: FACT}, NOON - timedelta(minutes=30))
    _source_states()


def _source_states() -> None:
    hour = timedelta(hours=1)
    SourceState.objects.create(
        source="gazette",
        due_at=NOON + hour,
        last_attempt_at=NOON - hour,
        last_success_at=NOON - hour,
        last_new_at=NOON - hour,
        mentions=12,
        fetched=40,
    )
    SourceState.objects.create(
        source="forum",
        due_at=NOON,
        last_attempt_at=NOON - hour,
        failures=3,
        error="forum.example 没有应答（超时30秒）。",
        mentions=4,
    )
    SourceState.objects.create(
        source="portal", due_at=NOON + hour, last_attempt_at=NOON - hour,
        last_success_at=NOON - hour, last_new_at=NOON - timedelta(days=20), mentions=3,
    )  # fmt: skip


def the_alert(rule: str = "fee-rumour") -> Alert:
    return Alert.objects.get(pk=alert_id(rule, "story-fee"))


def person(role: str, name: str = "") -> User:
    """A user with one role; the name is that of the role unless it is given."""
    user, _created = User.objects.get_or_create(username=name or role)
    user.groups.add(Group.objects.get(name=role))
    return user
