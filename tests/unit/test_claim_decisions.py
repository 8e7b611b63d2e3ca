"""Claim rules and people: what is suggested, confirmed and rejected, and what becomes of alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from alerts import claim_links, services
from alerts.claim_links import LinkRefusedError, StoredLinks, history
from alerts.models import Alert, AlertMention, AlertState, ClaimDecision
from alerts.review import Review
from alerts.rules.ruleset import Ruleset, compile_all
from clarifications import claims
from clarifications import services as services_of_cases
from clarifications.material import gather
from clarifications.models import AuditEntry
from clarifications.office import configure
from clarifications.oversight import Refused
from pipeline.model import Claim, ClaimMatch, Mention, Rule, RuleHit
from tests.builders import NOON, mention
from tests.desk_of import office, user

pytestmark = pytest.mark.django_db

FEE = Claim("fee", "网传注册公司要交200元工本费", False, "https://scjg.example/1")
CLAIMS = {FEE.id: FEE}
FIRM = Rule("known", "II", "claim", "旧谣言")
KEEN = replace(FIRM, suggestions=True)
SAID, MAYBE = "注册公司要交200元工本费", "注册公司要交200元工本费？是真的吗"
LINK = ClaimMatch("fee", 0.7, False, (0, len(SAID)), "text", "words", "asked")


@pytest.fixture(autouse=True)
def _office(own_data: Path) -> None:
    configure(office(own_data))


@pytest.fixture
def monitor() -> User:
    return user("monitor")


def rules(*them: Rule) -> Ruleset:
    return compile_all(them or (FIRM,), tuple(CLAIMS.values()), (), links=StoredLinks())


def evaluate(text: str, *them: Rule, **changes: Any) -> list[RuleHit]:
    return rules(*them).evaluate(mention(text=text, **changes), NOON)


def judged(them: Mention, rule: Rule = KEEN, minutes: int = 0) -> int:
    now = NOON + timedelta(minutes=minutes)
    hits = rules(rule).evaluate(them, now)
    return services.raise_alerts([(them, hits)], {rule.id: rule}, CLAIMS, {}, now)


def confirm(them: Mention, who: User, seen: int = 0, reason: str = "") -> ClaimDecision:
    return claims.confirm(
        them, FEE, LINK, seen=seen, user=who, reason=reason, judge=lambda m: judged(m, minutes=5)
    )


def reject(them: Mention, who: User, seen: int = 0, reason: str = "说的是别处") -> ClaimDecision:
    return claims.reject(them, FEE, LINK, seen=seen, user=who, reason=reason)


def test_a_suggestion_alone_raises_nothing() -> None:
    assert evaluate(MAYBE) == []


def test_a_rule_may_ask_for_suggestions_and_says_that_it_is_one() -> None:
    [hit] = evaluate(MAYBE, KEEN)
    assert (hit.level, hit.suggested, hit.claims[0].doubt) == ("III", True, "asked")
    assert "可能与已认定不实的说法“网传注册公司要交200元工本费”有关" in hit.reason
    assert "系统提示，尚未认定" in hit.reason
    [firm] = evaluate(SAID, KEEN)
    assert (firm.level, firm.suggested) == ("II", False)
    assert evaluate(MAYBE, replace(KEEN, level="IV"))[0].level == "IV"


def test_an_old_claim_that_returns_is_told_at_a_lower_level() -> None:
    old = replace(FEE, answered_on=(NOON - timedelta(days=800)).date())
    compiled = compile_all((FIRM,), (old,), ())
    [hit] = compiled.evaluate(mention(text=SAID), NOON)
    assert (hit.level, hit.suggested, hit.claims[0].doubt) == ("III", True, "old")
    assert "这一说法已超过一年" in hit.reason
    assert "尚未认定" in hit.reason
    assert compiled.evaluate(mention(text=MAYBE), NOON) == []


@pytest.mark.parametrize("text", ["辟谣：注册公司要交200元工本费不属实", "今天天气很好。"])
def test_nothing_is_suggested_of_what_refutes_or_is_foreign(text: str) -> None:
    assert evaluate(text, KEEN) == []


def test_a_page_on_which_the_claim_was_seen_is_named_in_the_reason() -> None:
    seen = replace(FEE, sources=("https://bbs.example/t/17",))
    compiled = compile_all((FIRM,), (seen,), ())
    [hit] = compiled.evaluate(
        mention(text="办公司要交200元", url="http://bbs.example/t/17?from=share"), NOON
    )
    assert (hit.level, hit.claims[0].method) == ("II", "url")
    assert "网址是这一说法出现过的页面" in hit.reason


def test_a_suggestion_makes_no_composite_hit() -> None:
    class Past:
        def between(self, *_: object) -> list[Mention]:
            return []

        def of_story(self, _: str) -> list[Mention]:
            return []

    both = Rule("both", "I", "composite", members=("known", "word"), window=timedelta(days=1))
    them = (KEEN, Rule("word", condition="公司"), both)
    compiled = compile_all(them, tuple(CLAIMS.values()), (), past=Past())
    for text, expected in ((MAYBE, {"known", "word"}), (SAID, {"known", "word", "both"})):
        assert {hit.rule for hit in compiled.evaluate(mention(text=text), NOON)} == expected


def test_what_a_person_confirmed_hits_and_names_the_person(monitor: User) -> None:
    them = mention(text=MAYBE)
    row = confirm(them, monitor, reason="窗口照片与原帖相同")
    alert = Alert.objects.get()
    assert (alert.level, alert.state, alert.mention_count) == ("II", AlertState.NEW, 1)
    assert "monitor认定，重复已认定不实的说法" in alert.reason
    [link] = AlertMention.objects.get().explanation["claims"]
    assert (link["method"], link["by"], link["same"]) == ("person", "monitor", True)
    entry = AuditEntry.objects.get(action="claim.confirm")
    assert (entry.actor, entry.role, entry.subject_id) == ("monitor", "monitor", "m1")
    assert (entry.payload["claim"], entry.payload["decision"]) == ("fee", row.pk)
    assert entry.payload["quoted"] == SAID


def test_what_a_person_rejected_does_not_hit(monitor: User) -> None:
    reject(mention(text=SAID), monitor)
    assert evaluate(SAID) == []
    assert AuditEntry.objects.get(action="claim.reject").reason == "说的是别处"
    assert len(evaluate(SAID, id="m2")) == 1, "another mention is not meant"


def test_a_decision_survives_a_later_fetch_and_a_better_reading(monitor: User) -> None:
    them = mention(text=SAID)
    reject(them, monitor)
    assert evaluate(SAID, version=them.version + 1) == [], "the same letters"
    assert evaluate(f"{SAID}。", content_hash="reread") == [], "the same fetch"
    other = {"version": them.version + 1, "content_hash": "other"}
    assert len(evaluate(f"{SAID}，还要等五天。", **other)) == 1, "another text is judged anew"


def test_reprocessing_follows_decisions(monitor: User) -> None:
    maybe, said = mention("maybe", text=MAYBE), mention("said", text=SAID)
    judged(said, FIRM)
    confirm(maybe, monitor)
    reject(said, monitor)
    review = Review(rules(FIRM).evaluate)
    assert review.compare([maybe, said], [], NOON) == []
    assert [change.mention for change in review.lapsed()] == ["said"]


def test_the_confirmed_passage_is_kept_when_words_no_longer_suggest_it(monitor: User) -> None:
    text = "窗口那边还是老样子。"
    quoted = replace(LINK, span=(0, 4), doubt="part")
    claims.confirm(
        mention(text=text), FEE, quoted, seen=0, user=monitor, reason="", judge=lambda _: None
    )
    [hit] = evaluate(text)
    assert hit.spans == ((0, 4, "窗口那边", "text"),)


def test_a_claim_that_left_the_library_is_not_decided_any_more(monitor: User) -> None:
    confirm(mention(text=MAYBE), monitor)
    compiled = compile_all((FIRM,), (), (), links=StoredLinks())
    assert compiled.evaluate(mention(text=MAYBE), NOON) == []


def test_confirming_never_makes_another_mention_similar(monitor: User) -> None:
    confirm(mention(text="窗口那边还是老样子，白跑一趟。"), monitor)
    assert evaluate("窗口那边还是老样子，白跑一趟。", KEEN, id="m2") == []


def test_a_suggested_alert_becomes_firm_when_a_person_confirms(monitor: User) -> None:
    them = mention(text=MAYBE)
    assert judged(them) == 1
    assert Alert.objects.get().level == "III"
    confirm(them, monitor)
    alert = Alert.objects.get()
    assert (alert.level, alert.mention_count) == ("II", 1)
    assert "monitor认定" in alert.reason
    assert AlertMention.objects.get().explanation["suggested"] is False
    said = [(event.actor, event.reason) for event in alert.events.all()]
    assert ("monitor", "认定重复已知说法“网传注册公司要交200元工本费”。") in said
    assert AuditEntry.objects.filter(action="alert.escalate").exists()


def test_a_dismissed_suggestion_comes_back_when_something_firm_joins(monitor: User) -> None:
    judged(mention(text=MAYBE, story="s"))
    services.dismiss(Alert.objects.get().pk, monitor, "只是在问")
    judged(mention("m2", text=f"{MAYBE}！", story="s"), minutes=1)
    assert Alert.objects.get().state == AlertState.DISMISSED, "another question changes nothing"
    judged(mention("m3", text=SAID, story="s"), minutes=2)
    alert = Alert.objects.get()
    assert (alert.state, alert.level, alert.mention_count) == (AlertState.NEW, "II", 3)
    assert AuditEntry.objects.filter(action="alert.reopen", from_state="dismissed").exists()
    services.dismiss(alert.pk, monitor, "已答复")
    judged(mention("m4", text=SAID, story="s"), minutes=3)
    assert Alert.objects.get().state == AlertState.DISMISSED, "a firm one stays decided"


def test_a_suggestion_and_a_firm_hit_in_one_batch(monitor: User) -> None:
    them = [mention("m1", text=MAYBE, story="s"), mention("m2", text=SAID, story="s")]
    compiled = rules(KEEN)
    found = [(each, compiled.evaluate(each, NOON)) for each in them]
    services.raise_alerts(found, {KEEN.id: KEEN}, CLAIMS, {}, NOON)
    alert = Alert.objects.get()
    assert (alert.level, alert.mention_count) == ("II", 2)
    assert "尚未认定" not in alert.reason


def test_who_may_not_is_refused_and_it_is_logged() -> None:
    with pytest.raises(Refused, match="您的角色不能认定与已知说法的关联"):
        confirm(mention(text=MAYBE), user("spokesperson"))
    assert AuditEntry.objects.get().action == "claim.confirm.refused"
    assert history("m1") == []


def test_rejecting_needs_a_reason(monitor: User) -> None:
    with pytest.raises(Refused, match="须写明理由"):
        reject(mention(text=MAYBE), monitor, reason=" ")


def test_of_two_people_one_is_told_who_was_first(monitor: User) -> None:
    first = confirm(mention(text=MAYBE), monitor)
    second = user("handler")
    with pytest.raises(LinkRefusedError, match="刚由monitor认定"):
        reject(mention(text=MAYBE), second)
    changed = reject(mention(text=MAYBE), second, seen=first.pk)
    assert [row.confirmed for row in history("m1")] == [True, False]
    assert evaluate(MAYBE) == []
    with pytest.raises(LinkRefusedError, match="刚由handler否定"):
        reject(mention(text=MAYBE), monitor, seen=changed.pk)


def test_nothing_is_decided_when_the_alert_cannot_be_raised(monitor: User) -> None:
    def broken(_: Mention) -> None:
        raise LinkRefusedError("信息库没有应答。")

    with pytest.raises(LinkRefusedError):
        claims.confirm(
            mention(text=MAYBE), FEE, LINK, seen=0, user=monitor, reason="", judge=broken
        )
    assert history("m1") == []
    assert [each.action for each in AuditEntry.objects.all()] == ["claim.confirm.refused"]


def test_a_draft_cites_what_people_confirmed_and_not_what_they_rejected(
    monitor: User, own_data: Path
) -> None:
    desk = replace(office(own_data), claims=CLAIMS)
    said = mention("said", text=SAID)
    judged(said, FIRM)
    case = services_of_cases.open_case(Alert.objects.get().pk, monitor)
    assert [claim.id for claim in gather(case, desk, NOON.date()).claims] == ["fee"]
    row = reject(said, monitor)
    rejected = gather(case, desk, NOON.date())
    assert (rejected.claims, rejected.refuted) == ((), False)
    confirm(said, monitor, seen=row.pk)
    assert [claim.text for claim in gather(case, desk, NOON.date()).claims] == [FEE.text]


def test_two_decisions_at_the_same_moment_are_one(
    monitor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    them, read = mention(text=MAYBE), history
    answers: list[list[ClaimDecision]] = [[]]  # what was there before the other one wrote

    def late(key: str) -> list[ClaimDecision]:
        return answers.pop() if answers else read(key)

    confirm(them, monitor)
    monkeypatch.setattr(claim_links, "history", late)
    with pytest.raises(LinkRefusedError, match="刚由monitor认定"):
        reject(them, user("handler"))
    assert len(read("m1")) == 1
