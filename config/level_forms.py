"""The form of `levels` in settings.yaml: how alerts are weighed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from alerts.scoring import Subject, Weights
from config.forms import Form, Text, texts
from pipeline.model import LEVELS, Level, Reach

Points = Annotated[int, Field(ge=0, le=1_000, strict=True)]
Thresholds = dict[Annotated[int, Field(ge=1)], Points]


class SubjectForm(Form):
    name: Text
    points: Points
    words: Annotated[tuple[Text, ...], BeforeValidator(texts), Field(min_length=1)]


class LevelsForm(Form):
    """What is not written keeps its default; of `rule`, `thresholds` and `reach` single keys may be
    given, `size`, `spread`, `growth` and `sensitive` are replaced as a whole."""

    rule: dict[Level, Points] = Field(default_factory=dict)
    thresholds: dict[Level, Points] = Field(default_factory=dict)
    reach: dict[Reach, Points] = Field(default_factory=dict)
    size: Thresholds | None = None
    spread: Thresholds | None = None
    growth: Thresholds | None = None
    sensitive: tuple[SubjectForm, ...] | None = None
    sensitive_most: Points | None = None

    @model_validator(mode="after")
    def _checked(self) -> LevelsForm:
        made = self.made()
        falling = [made.thresholds[level] for level in LEVELS]
        if falling != sorted(set(falling), reverse=True) or falling[-1] != 0:
            raise ValueError("`thresholds` must fall from I to III, and IV begins at 0")
        for level in LEVELS:
            if made.rule[level] < made.thresholds[level]:
                raise ValueError(
                    f"a rule of level {level} gives {made.rule[level]} points and would not reach "
                    f"its own level, which begins at {made.thresholds[level]}"
                )
        return self

    def made(self) -> Weights:
        usual = Weights()
        steps = {"size": self.size, "spread": self.spread, "growth": self.growth}
        given: dict[str, Any] = {
            key: dict(sorted(each.items())) for key, each in steps.items() if each is not None
        }
        if self.sensitive is not None:
            given["sensitive"] = tuple(Subject(**dict(each)) for each in self.sensitive)
        if self.sensitive_most is not None:
            given["sensitive_most"] = self.sensitive_most
        return Weights(
            rule={**usual.rule, **self.rule},
            thresholds={**usual.thresholds, **self.thresholds},
            reach={**usual.reach, **self.reach},
            **given,
        )
