"""The form of settings.yaml: what may be written, and what becomes of it."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from config.configuration import (
    DigestSettings,
    FetchingSettings,
    MailSettings,
    Network,
    RetentionSettings,
    SentenceModelSettings,
    Settings,
)
from config.forms import Clock, Form, Text, Texts, Weekday, Zone, network
from config.level_forms import LevelsForm


class DigestForm(Form):
    recipients: Texts = ()
    weekday: Weekday = 1
    time: Clock = time(8, 30)


class MailForm(Form):
    host: Text
    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = 25
    sender: Text
    username: Text | None = None
    password_env: Text | None = None
    tls: bool = False


class FetchingForm(Form):
    timeout: Annotated[float, Field(ge=1, le=600)] = 30
    round: Annotated[float, Field(ge=10, le=86_400)] = 300
    pause: Annotated[float, Field(ge=0, le=600)] = 2
    updates: Annotated[bool, Field(strict=True)] = True


class RetentionForm(Form):
    days: Annotated[int, Field(ge=1, le=36_500, strict=True)] = 180
    gigabytes: Annotated[float, Field(gt=0)] = 50
    free_gigabytes: Annotated[float, Field(ge=0)] = 1


class SentenceModelForm(Form):
    folder: Text
    pooling: Literal["mean", "cls", "model"] = "mean"
    prefix: Text | None = None
    max_tokens: Annotated[int, Field(ge=16, le=8192, strict=True)] = 256

    def made(self) -> SentenceModelSettings:
        return SentenceModelSettings(
            Path(self.folder), self.pooling, self.prefix or "", self.max_tokens
        )


class SettingsForm(Form):
    agency: Text = "未命名机构"
    contact: Text | None = None
    timezone: Zone = "Asia/Shanghai"
    sample: Annotated[bool, Field(strict=True)] = False
    allow_networks: tuple[Annotated[Network, BeforeValidator(network)], ...] = ()
    mentions: Text | None = None
    cases: Text | None = None
    user_agent: Text | None = None
    digest: DigestForm = DigestForm()
    mail: MailForm | None = None
    fetching: FetchingForm = FetchingForm()
    retention: RetentionForm = RetentionForm()
    levels: LevelsForm = LevelsForm()
    sentence_model: SentenceModelForm | None = None

    def made(self) -> Settings:
        mail = None
        if self.mail is not None:
            given = {key: value for key, value in dict(self.mail).items() if value is not None}
            mail = MailSettings(**given)
        return Settings(
            agency=self.agency,
            contact=self.contact or "",
            timezone=self.timezone,
            sample=self.sample,
            allow_networks=self.allow_networks,
            mentions=self.mentions or "",
            cases=self.cases or "",
            user_agent=self.user_agent or "",
            digest=DigestSettings(**dict(self.digest)),
            mail=mail,
            fetching=FetchingSettings(**dict(self.fetching)),
            retention=RetentionSettings(**dict(self.retention)),
            levels=self.levels.made(),
            sentence_model=self.sentence_model.made() if self.sentence_model else None,
        )
