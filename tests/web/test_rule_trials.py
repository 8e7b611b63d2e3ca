from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from desk import ports
from desk.rule_trials import RuleTrial
from pipeline.errors import BadInputError
from pipeline.model import Rule, RuleHit, Spelling
from tests.builders import mention

pytestmark = pytest.mark.django_db
Login = Callable[[str], Client]


@dataclass
class FakeTrial:
    asked: list[tuple[str, Spelling | None]] = field(default_factory=list)

    def written(self, rule: Rule) -> str:
        return f"- id: {rule.id}\n"

    def __call__(self, text: str, spelling: Spelling | None) -> RuleTrial:
        self.asked.append((text, spelling))
        if text.startswith("!"):
            raise BadInputError("只有排除词的规则什么都找不到。")
        hit = RuleHit("r", "IV", "keyword", "规则“r”命中。", ((2, 4, "收费", "text"),))
        example = mention(id="m1", title="<b>标题</b>", text="要先收费。别的话。")
        days = [(date(2026, 3, 4), 2), (date(2026, 3, 5), 1)]
        return RuleTrial(
            Rule("r"), "- id: r\n", "含“收费”", days, 9, 3, 2, [(example, hit)], ["太宽了"]
        )


@pytest.fixture
def trying(desk: ports.Desk) -> FakeTrial:
    cache.clear()
    made = FakeTrial()
    ports.install(replace(desk, try_rule=made))
    return made


def test_a_rule_is_tried_before_it_is_switched_on(as_role: Login, trying: FakeTrial) -> None:
    client = as_role("monitor")
    assert "试一下规则" in client.get("/configuration/rules/").content.decode()
    assert client.get("/try-rule/").status_code == 200
    assert trying.asked == []
    sent = {"text": "收费 +工本费", "spelling": "evasive"}
    shown = client.post("/try-rule/", sent).content.decode()
    assert trying.asked == [("收费 +工本费", "evasive")]
    for said in (
        "命中3条（共试9条），会产生2个预警", "含“收费”", "太宽了", "- id: r", "03-04 2",
        '<mark class="mark-term">收费</mark>', "&lt;b&gt;标题&lt;/b&gt;",
    ):  # fmt: skip
        assert said in shown


def test_what_is_wrong_is_said_and_kept_for_mending(as_role: Login, trying: FakeTrial) -> None:
    answer = as_role("monitor").post("/try-rule/", {"text": "!日电"})
    assert answer.status_code == 400
    assert "只有排除词" in answer.content.decode()
    assert "!日电" in answer.content.decode()
    assert as_role("monitor").post("/try-rule/", {"text": " "}).status_code == 400
    assert len(trying.asked) == 1


def test_only_who_watches_tries_and_not_without_end(as_role: Login, trying: FakeTrial) -> None:
    assert as_role("handler").get("/try-rule/").status_code == 403
    client = as_role("monitor")
    answers = [client.post("/try-rule/", {"text": "收费"}).status_code for _ in range(22)]
    assert answers == [200] * 20 + [409] * 2


def test_a_rule_of_the_configuration_is_there_to_be_tried(
    as_role: Login, trying: FakeTrial
) -> None:
    client = as_role("monitor")
    assert "- id: fee-rumour" in client.get("/try-rule/?rule=fee-rumour").content.decode()
    assert "- id: gone" not in client.get("/try-rule/?rule=gone").content.decode()
    assert trying.asked == []
