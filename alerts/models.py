"""Rows of the monitoring side: alerts, the health of sources, checkpoints, loaded definitions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AlertState(models.TextChoices):
    NEW = "new", _("新预警")
    OPEN = "open", _("处理中")
    CASE = "case", _("已立案")
    DISMISSED = "dismissed", _("已排除")


class AlertLevel(models.TextChoices):
    I = "I", _("Ⅰ级 特别重大")  # noqa: E741
    II = "II", _("Ⅱ级 重大")
    III = "III", _("Ⅲ级 较大")
    IV = "IV", _("Ⅳ级 一般")


class Alert(models.Model):
    """A rule that fired on a story. Further hits of the rule on the story join it.

    `id` is made from rule and story, so that the same finding twice cannot make two alerts.
    """

    id = models.CharField(primary_key=True, max_length=40)
    rule = models.CharField(max_length=200)
    rule_name = models.CharField(max_length=200, blank=True)
    rule_version = models.CharField(max_length=64, blank=True)
    """Hash of the definition that fired, see `Definition`."""
    kind = models.CharField(max_length=40)
    level = models.CharField(max_length=4, choices=AlertLevel.choices)
    level_by = models.CharField(max_length=150, blank=True)
    """Who set the level; empty when it follows from the score."""
    judged = models.CharField(max_length=4, blank=True)
    """The gravest level that the score ever gave."""
    score = models.PositiveIntegerField(default=0)
    contributions = models.JSONField(default=list)
    """What the score is made of, `alerts.scoring.Contribution` each."""
    story = models.CharField(max_length=64, blank=True)
    """Empty for a rule that looks at sources, not at mentions."""
    source = models.CharField(max_length=200, blank=True)
    """silence: the source that is silent; empty when it is the collection itself."""
    title = models.TextField()
    """Title of the first mention, for lists."""
    reason = models.TextField()
    department = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.NEW)
    raised_at = models.DateTimeField()
    last_hit_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """silence: since when the source speaks again."""
    mention_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-raised_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "story"), condition=~models.Q(story=""), name="alert_rule_story"
            ),
        )
        indexes = (
            models.Index(fields=("state", "-raised_at")),
            models.Index(fields=("-score", "-raised_at"), name="alert_score"),
        )

    def __str__(self) -> str:
        return f"{self.level} {self.rule}: {self.title}"


class AlertMention(models.Model):
    """A mention on which the alert's rule fired, with what explains it (a `RuleHit` as JSON)."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="hits")
    mention = models.CharField(max_length=64)
    mention_version = models.BigIntegerField()
    content_hash = models.CharField(max_length=64, blank=True)
    """Of the text that was judged: the same version may be read better later."""
    source = models.CharField(max_length=200)
    title = models.TextField()
    url = models.TextField()
    published_at = models.DateTimeField(null=True)
    raw = models.CharField(max_length=40, blank=True)
    """Spool position of the record it came from (evidence)."""
    matched_at = models.DateTimeField()
    explanation = models.JSONField()
    """{"reason", "spans": [[start, end, text, field]], "claims": [...], "findings": [...]}; claims
    and findings carry the compared texts as they stood (`claim_text`, `statement`)."""

    class Meta:
        ordering = ("matched_at", "id")
        constraints = (models.UniqueConstraint("alert", "mention", name="alert_mention_once"),)
        indexes = (models.Index(fields=("matched_at",), name="alert_mention_matched"),)


class AlertEvent(models.Model):
    """What happened to an alert: what people did with it, and when its level rose."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=AlertState.choices)
    level = models.CharField(max_length=4, blank=True)
    """The level that it got; empty when it kept its own."""
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")


class StoryDecision(models.Model):
    """That a person split a story or merged it into another. Rows are never changed."""

    kind = models.CharField(max_length=10, choices=(("split", _("拆分")), ("merge", _("并入"))))
    story = models.CharField(max_length=64, db_index=True)
    target = models.CharField(max_length=64, db_index=True)
    """split: the new story. merge: the one that it is now a part of."""
    mentions = models.JSONField()
    """split: those that left. merge: empty, it is all of them."""
    stayed = models.JSONField()
    """split: those that were left."""
    after = models.PositiveBigIntegerField()
    """The decision on the same story that the person had seen, 0 for none: of two people at once,
    one is refused."""
    actor = models.CharField(max_length=150)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint("story", "after", name="story_decided_once"),)


class ClaimDecision(models.Model):
    """That a person confirmed or rejected that a mention repeats a known claim. Rows are never
    changed; the last one on a mention and a claim is in force."""

    mention = models.CharField(max_length=64, db_index=True)
    mention_version = models.BigIntegerField()
    content_hash = models.CharField(max_length=64)
    """Of the text that the person saw."""
    claim = models.CharField(max_length=200)
    claim_text = models.TextField()
    confirmed = models.BooleanField()
    link = models.JSONField()
    """What the person saw of the link: {"method", "score", "span", "field", "quoted", "doubt"}."""
    after = models.PositiveBigIntegerField()
    """The decision on the same link that the person had seen, 0 for none: of two people at once,
    one is refused."""
    actor = models.CharField(max_length=150)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("mention", "claim", "after", name="claim_decided_once"),
        )


class SourceState(models.Model):
    """What is known of a source's health, and when it is due."""

    source = models.CharField(primary_key=True, max_length=200)
    due_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_new_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    """Rounds that failed in a row."""
    error = models.TextField(blank=True)
    """One sentence: why the last round failed, or what fell short in it."""
    fetched = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    mentions = models.PositiveBigIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    """Items listed by the source that could not be fetched yet."""
    code = models.CharField(max_length=20, blank=True)
    """Why the list cannot be had, in a word that people act on: robots, gone, login, address."""
    gap_at = models.DateTimeField(null=True)
    """When a list last held nothing that was known."""
    due_why = models.CharField(max_length=10, blank=True)
    """An `alerts.habits.Why`: why it is due when it is."""
    habit = models.JSONField(null=True)
    """An `alerts.habits.Habit`, learnt at `habit_at`: decides when it is visited."""
    usual = models.JSONField(null=True)
    """The same as of its last news: what silence is measured by, since a habit that is learnt on
    while nothing comes forgets that something used to come."""
    habit_at = models.DateTimeField(null=True)


class SourceRound(models.Model):
    """What a visit to one source brought. Kept for `alerts.history.KEEP`; the habits of a source
    (`alerts.habits`) are learnt from these rows."""

    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    """When the round began."""
    seconds = models.FloatField(default=0)
    answered = models.BooleanField(default=True)
    """Its list was read, or had not changed."""
    requests = models.PositiveIntegerField(default=0)
    fetched = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    gap = models.BooleanField(default=False)
    """Nothing in the list was known: items may have come and gone between two visits."""
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("source", "-at"), name="round_of_source"),
            models.Index(fields=("at",), name="round_at"),
        )


class Fetched(models.Model):
    """A record of the spool and the visit that brought it: the way from a source to its evidence.

    Written while the round runs, so `round_at` is a time (`SourceRound.at`), not a key: a round
    that is killed leaves these rows and none of its own. Kept as long as the rounds.
    """

    source = models.CharField(max_length=200)
    round_at = models.DateTimeField()
    key = models.TextField()
    url = models.TextField()
    kind = models.CharField(max_length=10)
    """A `pipeline.model.RawKind`."""
    status = models.PositiveIntegerField(default=0)
    position = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint("source", "position", name="fetched_once"),)
        indexes = (
            models.Index(fields=("source", "round_at"), name="fetched_of_round"),
            models.Index(fields=("position",), name="fetched_position"),
            models.Index(fields=("round_at",), name="fetched_at"),
        )


class SeenItem(models.Model):
    """An item that a source listed and that is in the spool."""

    source = models.CharField(max_length=200)
    key = models.TextField()
    last_listed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint("source", "key", name="seen_once"),)


class Validator(models.Model):
    """HTTP validators of an address, for conditional GET."""

    source = models.CharField(max_length=200)
    url = models.TextField()
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint("source", "url", name="validator_once"),)


class Revisit(models.Model):
    """An article that is fetched again while it is young, since articles are changed and withdrawn.

    One row an address, whichever sources name it. It goes when the last visit is over, unless the
    article is gone: then it stays as the record of that.
    """

    key = models.TextField(unique=True)
    source = models.CharField(max_length=200)
    """The one it was fetched for first."""
    url = models.TextField()
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the body as it came: the same bytes are no new version."""
    position = models.CharField(max_length=40, blank=True)
    """Where its last record stands in the spool."""
    first_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    """None: no further visit."""
    tries = models.PositiveIntegerField(default=0)
    """Visits after the first."""
    gone_at = models.DateTimeField(null=True)
    """Since when the address answers 404 or 410."""

    class Meta:
        indexes = (
            models.Index(fields=("source", "next_at"), name="revisit_due"),
            models.Index(fields=("gone_at",), name="revisit_gone"),
        )


class Checkpoint(models.Model):
    """How far a reader of the spool has come (all before it is in the stores)."""

    name = models.CharField(primary_key=True, max_length=40)
    segment = models.PositiveIntegerField()
    offset = models.PositiveBigIntegerField()


class QuarantineState(models.TextChoices):
    OPEN = "open", _("待处理")
    REPAIRED = "repaired", _("已读出")
    DISMISSED = "dismissed", _("已排除")


class Quarantined(models.Model):
    """A record of the spool, or a part of one, that could not be read, and why.

    `id` is made from the place and the part, so that the same trouble twice is one row.
    """

    id = models.CharField(primary_key=True, max_length=32)
    source = models.CharField(max_length=200, blank=True)
    """Empty when the record is so damaged that nobody can tell."""
    url = models.TextField(blank=True)
    key = models.TextField(blank=True)
    """What of the record, where it holds several things; empty for the whole."""
    segment = models.PositiveIntegerField()
    offset = models.PositiveBigIntegerField()
    reason = models.TextField()
    reader = models.CharField(max_length=64)
    """The program that tried last, see `pipeline.reader`."""
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)
    state = models.CharField(
        max_length=10, choices=QuarantineState.choices, default=QuarantineState.OPEN
    )
    note = models.TextField(blank=True)
    """Why it was dismissed."""

    class Meta:
        ordering = ("-last_at", "id")
        indexes = (
            models.Index(fields=("segment", "offset"), name="quarantined_place"),
            models.Index(fields=("state", "source"), name="quarantined_state"),
            models.Index(fields=("state", "reader"), name="quarantined_reader"),
        )

    @property
    def position(self) -> str:
        return f"{self.segment}:{self.offset}"


class Definition(models.Model):
    """A rule, fact, claim, source … from when it was loaded on, so that a decision can be proved
    later. A row for each change; the newest one is in force."""

    kind = models.CharField(max_length=20)
    object_id = models.CharField(max_length=200)
    version = models.CharField(max_length=64, blank=True)
    """Hash of the body; empty: it was taken out of the configuration."""
    body = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("kind", "object_id", "loaded_at", "id")
        indexes = (models.Index(fields=("kind", "object_id"), name="definition_of"),)


class RulePause(models.Model):
    """That a person paused a rule for a time. What the rule finds meanwhile raises no alert."""

    rule = models.CharField(max_length=200)
    at = models.DateTimeField()
    until = models.DateTimeField()
    actor = models.CharField(max_length=150)
    reason = models.TextField()
    held = models.PositiveIntegerField(default=0)
    """Hits that raised nothing because of it."""
    ended_at = models.DateTimeField(null=True)
    """When it was ended before its time, or a new pause began after it."""
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("rule",), condition=models.Q(ended_at=None), name="rule_paused_once"
            ),
        )
