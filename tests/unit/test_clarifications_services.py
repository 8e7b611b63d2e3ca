from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from alerts.models import AlertState
from clarifications import services
from clarifications.models import AuditEntry, Case, CaseState, Opinion, Publication, text_hash
from clarifications.services import Refused
from pipeline.errors import ChengqingError
from tests.builders import NOON
from tests.desk_of import FACT, SiteSettings, drafted, office, raised, rumour, user

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    folder: Path
    people: dict[str, User]

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def case(self, level: str = "III") -> Case:
        return services.open_case(raised(level=level).pk, self.monitor)

    def submitted(self, level: str = "III") -> tuple[Case, str]:
        case = self.case(level)
        seen = drafted(case, self.monitor, self.handler)
        services.submit(case, self.handler)
        return case, seen

    def approved(self) -> Case:
        case, seen = self.submitted()
        services.approve(case, self.leader, seen, "同意")
        return case


@pytest.fixture
def desk(own_data: Path) -> Desk:
    services.configure(office(own_data))
    names = ("monitor", "handler", "spokesperson", "leader", "head", "publisher", "admin")
    return Desk(own_data, {name: user(name) for name in names})


def actions() -> list[str]:
    return list(AuditEntry.objects.values_list("action", flat=True))


def test_the_whole_way_from_alert_to_publication(desk: Desk) -> None:
    case = desk.approved()
    publication = services.publish(case, desk.publisher)
    assert case.state == CaseState.PUBLISHED
    assert publication.url == f"/site/{case.number}.html"
    assert publication.text_hash == case.drafts.get().text_hash
    assert (desk.folder / "site" / f"{case.number}.html").exists()
    assert actions() == [
        "case.open", "case.register", "case.draft", "case.submit", "case.approve", "case.publish",
    ]  # fmt: skip
    roles = AuditEntry.objects.values_list("role", flat=True)
    assert list(roles) == ["monitor", "monitor", "handler", "handler", "leader", "publisher"]


def test_a_case_keeps_what_the_alert_rests_on(desk: Desk) -> None:
    alert = raised([rumour("m1"), rumour("m2", published_at=NOON - timedelta(days=1))])
    case = services.open_case(alert.pk, desk.monitor)
    alert.refresh_from_db()
    assert alert.state == AlertState.CASE
    assert [each.mention for each in case.mentions.all()] == ["m1", "m2"]
    assert (case.detected_at, case.first_posted_at) == (NOON, NOON - timedelta(days=1))
    assert case.first_response_due == NOON + timedelta(hours=48)


def test_numbers_are_counted_within_the_year(desk: Desk) -> None:
    first = services.open_case(raised().pk, desk.monitor)
    second = services.open_case(raised([rumour("m9", story="s9")]).pk, desk.monitor)
    year = first.number[:4]
    assert [first.number, second.number] == [f"{year}-0001", f"{year}-0002"]


def test_an_alert_makes_one_case(desk: Desk) -> None:
    alert = raised()
    services.open_case(alert.pk, desk.monitor)
    with pytest.raises(ChengqingError, match="已由monitor处理，现为“已立案”"):
        services.open_case(alert.pk, desk.publisher)
    assert Case.objects.count() == 1
    assert actions()[-1] == "case.open.refused"


def test_an_emergency_of_the_upper_levels_is_due_in_five_hours(desk: Desk) -> None:
    case = desk.case("II")
    services.register(case, desk.monitor, "突发", emergency=True)
    assert case.first_response_due == NOON + timedelta(hours=5)


def test_the_draft_cites_the_claim_the_fact_and_its_document(desk: Desk) -> None:
    case = desk.case()
    drafted(case, desk.monitor, desk.handler)
    draft = case.drafts.get()
    for text in ("网传注册公司要交200元工本费", FACT.statement, FACT.source, "临江日报", "200元"):
        assert text in draft.body
    assert "【待填" not in draft.body
    assert draft.basis["facts"][0]["id"] == FACT.id


def test_without_a_fact_nothing_is_invented_and_the_draft_is_not_submitted(desk: Desk) -> None:
    services.configure(services.Office("临江市市场监督管理局", desk.folder, "12315"))
    case = desk.case()
    drafted(case, desk.monitor, desk.handler)
    assert "【待填：核实结果及依据】" in case.drafts.get().body
    with pytest.raises(Refused, match="还有未填写之处：【待填：核实结果及依据】"):
        services.submit(case, desk.handler)
    case.refresh_from_db()
    assert case.state == CaseState.DRAFTING


@pytest.mark.parametrize(
    ("title", "body", "sentence"),
    [
        ("", "依据〔2024〕18号。", "没有标题"),
        ("标题", "", "没有正文"),
        ("标题", "该说法是假的。", "没有写明核实依据"),
        ("标题", "{{ fact }}〔2024〕18号", "未填写之处"),
    ],
)
def test_an_incomplete_text_is_not_submitted(
    desk: Desk, title: str, body: str, sentence: str
) -> None:
    case = desk.case()
    drafted(case, desk.monitor, desk.handler)
    services.save_draft(case, desk.handler, title, body, 1)
    with pytest.raises(Refused, match=sentence):
        services.submit(case, desk.handler)


def test_the_drafter_cannot_approve_and_the_refusal_is_logged(desk: Desk) -> None:
    writer = user("writer", "spokesperson", "head")
    case = desk.case()
    services.register(case, desk.monitor, "登记")
    seen = services.start_draft(case, writer, "rebuttal").text_hash
    services.submit(case, writer)
    with pytest.raises(Refused, match="您参与起草了这份稿件"):
        services.approve(case, writer, seen)
    case.refresh_from_db()
    assert case.state == CaseState.APPROVING
    assert not Opinion.objects.exists()
    last = AuditEntry.objects.last()
    assert last is not None
    assert (last.action, last.actor, last.subject_id) == (
        "case.approve.refused", "writer", case.number,
    )  # fmt: skip
    assert "您参与起草" in last.reason


def test_who_wrote_an_earlier_version_cannot_approve_the_later_one(desk: Desk) -> None:
    case = desk.case()
    drafted(case, desk.monitor, desk.spokesperson)
    draft = case.drafts.get()
    seen = services.save_draft(case, desk.handler, draft.title, draft.body + "补充。", 1).text_hash
    services.submit(case, desk.handler)
    with pytest.raises(Refused, match="您参与起草"):
        services.approve(case, desk.spokesperson, seen)


@pytest.mark.parametrize("name", ["monitor", "handler", "publisher"])
def test_only_approvers_approve(desk: Desk, name: str) -> None:
    case, seen = desk.submitted()
    with pytest.raises(Refused):
        services.approve(case, desk.people[name], seen)


def test_an_administrator_decides_nothing_whatever_else_they_are(desk: Desk) -> None:
    case, seen = desk.submitted()
    for each in (user("both", "admin", "head"), User.objects.create_superuser("root")):
        with pytest.raises(Refused, match="系统管理员不参与业务处理"):
            services.approve(case, each, seen)


def test_nobody_in_particular_can_do_nothing(desk: Desk) -> None:
    case, seen = desk.submitted()
    nobody: Any = AnonymousUser()
    with pytest.raises(Refused):
        services.approve(case, nobody, seen)
    with pytest.raises(Refused):
        services.approve(case, User(username="head"), seen)


def test_grave_levels_need_a_leader(desk: Desk) -> None:
    case, seen = desk.submitted("I")
    with pytest.raises(Refused, match="须由负责人批准"):
        services.approve(case, desk.spokesperson, seen)
    services.approve(case, desk.head, seen)
    assert case.state == CaseState.APPROVED


def test_a_role_withdrawn_in_mid_session_counts_at_once(desk: Desk) -> None:
    case, seen = desk.submitted()
    held = User.objects.prefetch_related("groups").get(username="leader")
    assert [group.name for group in held.groups.all()] == ["leader"]
    desk.leader.groups.clear()
    with pytest.raises(Refused, match="您的角色不能批准"):
        services.approve(case, held, seen)


def test_an_account_switched_off_in_mid_session_decides_nothing(desk: Desk) -> None:
    case, seen = desk.submitted()
    User.objects.filter(username="leader").update(is_active=False)
    with pytest.raises(Refused):
        services.approve(case, desk.leader, seen)


def test_an_approval_of_a_text_that_changed_meanwhile_is_refused(desk: Desk) -> None:
    case, seen = desk.submitted()
    services.return_draft(case, desk.head, "补充依据")
    draft = case.drafts.get()
    services.save_draft(case, desk.handler, draft.title, draft.body + "\n补充。", 1)
    services.submit(case, desk.handler)
    with pytest.raises(Refused, match="稿件已变更，请重新阅看第2版"):
        services.approve(case, desk.leader, seen)
    assert [each.decision for each in Opinion.objects.all()] == ["return"]


def test_a_return_needs_a_reason(desk: Desk) -> None:
    case, _seen = desk.submitted()
    with pytest.raises(Refused, match="须写明理由"):
        services.return_draft(case, desk.head, "")


def test_a_text_changed_after_approval_needs_another_approval(desk: Desk) -> None:
    case = desk.approved()
    draft = case.drafts.get()
    services.save_draft(case, desk.handler, draft.title, draft.body + "\n补充。", 1)
    case.refresh_from_db()
    assert case.state == CaseState.DRAFTING
    with pytest.raises(Refused):
        services.publish(case, desk.publisher)
    assert not Publication.objects.exists()


def test_a_text_saved_unchanged_stays_approved(desk: Desk) -> None:
    case = desk.approved()
    draft = case.drafts.get()
    body = draft.body.replace("\n", "\r\n") + "\r\n"
    assert services.save_draft(case, desk.handler, draft.title, body, 1) == draft
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED


def test_a_text_saved_over_somebody_elses_is_refused(desk: Desk) -> None:
    case = desk.case()
    drafted(case, desk.monitor, desk.handler)
    services.save_draft(case, desk.spokesperson, "新标题", "新正文", 1)
    with pytest.raises(Refused, match="spokesperson已保存了第2版"):
        services.save_draft(case, desk.handler, "旧标题", "旧正文", 1)
    assert case.drafts.count() == 2


@pytest.mark.parametrize("name", ["handler", "spokesperson", "leader", "head", "admin", "monitor"])
def test_only_the_disclosure_office_publishes(desk: Desk, name: str) -> None:
    case = desk.approved()
    with pytest.raises(Refused):
        services.publish(case, desk.people[name])


def test_publishing_out_of_turn_is_refused(desk: Desk) -> None:
    case, _seen = desk.submitted()
    with pytest.raises(Refused, match="现为“审批中”"):
        services.publish(case, desk.publisher)
    assert not (desk.folder / "site").exists()


def test_a_state_set_past_the_services_does_not_publish(desk: Desk) -> None:
    case, _seen = desk.submitted()
    Case.objects.filter(pk=case.pk).update(state=CaseState.APPROVED)
    with pytest.raises(Refused, match="没有有效的批准"):
        services.publish(case, desk.publisher)


def test_two_who_approve_at_once_make_one_approval(desk: Desk) -> None:
    case, seen = desk.submitted()
    other = Case.objects.get(pk=case.pk)
    services.approve(case, desk.leader, seen)
    with pytest.raises(Refused, match="现为“已批准”（leader于"):
        services.approve(other, desk.head, seen)
    assert Opinion.objects.count() == 1


def test_two_who_publish_at_once_make_one_page(desk: Desk) -> None:
    case = desk.approved()
    other = Case.objects.get(pk=case.pk)
    services.publish(case, desk.publisher)
    with pytest.raises(Refused, match="现为“已发布”"):
        services.publish(other, desk.publisher)
    assert Publication.objects.count() == 1


def test_a_crash_between_page_and_record_is_mended_by_publishing_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.approved()
    with monkeypatch.context() as patch:
        patch.setattr(services, "_publish_on", lambda *_: (_ for _ in ()).throw(OSError("crash")))
        with pytest.raises(OSError, match="crash"):
            services.publish(case, desk.publisher)
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
    services.publish(case, desk.publisher)
    feed = (desk.folder / "site" / "atom.xml").read_text("utf-8")
    assert (feed.count("<entry>"), Publication.objects.count()) == (1, 1)


def test_a_channel_that_fails_leaves_the_case_approved(desk: Desk) -> None:
    case = desk.approved()
    services.configure(office(desk.folder, SiteSettings(), SiteSettings(id="x", kind="fax")))
    with pytest.raises(ChengqingError, match="渠道“x”的类型“fax”不存在"):
        services.publish(case, desk.publisher)
    case.refresh_from_db()
    assert (case.state, Publication.objects.count()) == (CaseState.APPROVED, 0)
    assert actions()[-1] == "case.publish.refused"


def test_a_broken_template_is_one_sentence_and_leaves_the_case_registered(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "rebuttal.j2").write_text("标题\n{{ nope }}", "utf-8")
    services.configure(
        services.Office("局", desk.folder, templates_folder=tmp_path, channels=(SiteSettings(),))
    )
    case = desk.case()
    services.register(case, desk.monitor, "登记")
    with pytest.raises(ChengqingError, match=r"rebuttal\.j2第2行"):
        services.start_draft(case, desk.handler, "rebuttal")
    case.refresh_from_db()
    assert (case.state, case.version) == (CaseState.REGISTERED, 0)


def test_control_characters_do_not_reach_the_feed(desk: Desk) -> None:
    case = desk.case()
    drafted(case, desk.monitor, desk.handler)
    draft = services.save_draft(case, desk.handler, "标\x00题", "正\x0b文\r\n〔2024〕18号", 1)
    assert (draft.title, draft.body) == ("标题", "正文\n〔2024〕18号")
    assert draft.text_hash == text_hash(draft.title, draft.body)


def test_a_page_shows_the_moves_that_its_reader_may_make(desk: Desk) -> None:
    case, _seen = desk.submitted()
    keys = {
        name: [each.key for each in services.available(case, person)]
        for name, person in desk.people.items()
    }
    assert keys["leader"] == ["case.approve", "case.return"]
    assert keys["handler"] == keys["admin"] == keys["monitor"] == []
