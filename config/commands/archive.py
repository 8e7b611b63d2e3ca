"""Commands of the archive: reading it again, and the record that a mention came from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from config.commands.options import AsJson, Config, Data, write_line
from config.instants import read_instant
from pipeline.errors import BadInputError

if TYPE_CHECKING:
    from config.reprocess import Summary, Told
    from pipeline.ports import AlertChange
    from pipeline.reprocess import Change

SHOWN = 50
"""Changes that a terminal shows in full; `--json` gives all."""
_CONTEXT = 12
_KINDS = {"new": "新增", "changed": "有变化", "gone": "不再是文章"}
_ALERTS = {"raised": "新预警", "joined": "并入预警", "lapsed": "不再命中"}
_FIELDS = {
    "title": "标题", "text": "正文", "published_at": "发布时间", "published_precision": "时间精度",
    "author": "作者", "origin": "稿源", "language": "语言", "url": "地址", "source": "来源",
    "also": "另由来源",
}  # fmt: skip


def reprocess(
    since: Annotated[str, typer.Option(help="Records fetched since: ISO date or time.")],
    until: Annotated[str | None, typer.Option(help="And before: ISO date or time.")] = None,
    source: Annotated[str, typer.Option(help="Only this source.")] = "",
    apply: Annotated[
        bool, typer.Option("--apply", help="Make the changes, not only show.")
    ] = False,
    json: AsJson = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """The archive through today's extraction and rules: what would change; --apply changes it."""
    from config.wiring import start

    system = start()
    zone = ZoneInfo(system.configuration.settings.timezone)
    begin, end = _instant("--since", since, zone), until and _instant("--until", until, zone)
    if end and end <= begin:
        raise BadInputError("--until: must be later than --since")
    from config.reprocess import reprocess as run

    with _telling(json, zone) as told:
        summary = run(
            system, since=begin, until=end or None, source=source, apply=apply, told=told
        )  # fmt: skip
    if json:
        write_line({"summary": {"applied": summary.applied, **summary.counts}})
    else:
        _say(summary)


def _instant(option: str, text: str, zone: tzinfo) -> datetime:
    try:
        return read_instant(text, zone)
    except ValueError as error:
        raise BadInputError(f"{option}: {error}") from None


@contextmanager
def _telling(json: bool, zone: tzinfo) -> Iterator[Told]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from config.reprocess import Told

    console = Console(stderr=True)
    columns = (TextColumn("重新处理"), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    shown = 0

    def change(each: Change) -> None:
        nonlocal shown
        shown += 1
        if json:
            write_line(_as_json(each))
        elif shown <= SHOWN:
            _print(each, zone)
        elif shown == SHOWN + 1:
            typer.echo(f"…… 只显示前 {SHOWN} 条，--json 给出全部")

    def alert(each: AlertChange) -> None:
        if json:
            write_line({"alert": asdict(each)})
        else:
            typer.echo(f"[{_ALERTS[each.kind]}] {each.level} {each.rule}：{each.reason}")

    with Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("")
        yield Told(
            change=change,
            alert=alert,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            waiting=lambda: typer.echo("a round is running; waiting for it", err=True),
        )


def _as_json(change: Change) -> dict[str, Any]:
    mention, before = change.mention, change.before
    fields = {
        name: {"old": _plain(getattr(before, name)), "new": _plain(getattr(mention, name))}
        for name in change.fields
    }
    return {
        "change": change.kind,
        "id": mention.id,
        "url": mention.url,
        "source": mention.source,
        "title": mention.title,
        "raw": mention.raw,
        "fields": fields,
        "reason": change.reason,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _print(change: Change, zone: tzinfo) -> None:
    mention = change.mention
    typer.echo(f"[{_KINDS[change.kind]}] {mention.source}  {mention.title}")
    typer.echo(f"    {mention.url or mention.id}" + (f"  {change.reason}" if change.reason else ""))
    for name in change.fields:
        old, new = getattr(change.before, name), getattr(mention, name)
        if name == "text":
            typer.echo(f"    {_FIELDS[name]}：{_text_difference(old, new)}")
        else:
            typer.echo(f"    {_FIELDS[name]}：{_shown(old, zone)} → {_shown(new, zone)}")


def _shown(value: object, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, tuple):
        return "、".join(value) or "（无）"
    return "（无）" if value in (None, "") else str(value)


def _text_difference(old: str, new: str) -> str:
    """What went in [-…-], what came in {+…+}, with a little of what stayed around it."""
    from desk.differences import differences

    marks = {"removed": "[-{}-]", "added": "{{+{}+}}"}
    parts = []
    for change in differences(old, new):
        text = change.text.replace("\n", "⏎")
        if change.kind in marks:
            parts.append(marks[change.kind].format(text))
        elif len(text) > 2 * _CONTEXT:
            parts.append(f"{text[:_CONTEXT]}…{text[-_CONTEXT:]}")
        else:
            parts.append(text)
    return "".join(parts)


def _say(summary: Summary) -> None:
    counts = summary.counts
    typer.echo(
        f"记录 {counts['records']}：新增 {counts['new']}，有变化 {counts['changed']}，"
        f"不再是文章 {counts['gone']}，未变 {counts['unchanged']}，读不出 {counts['unreadable']}"
    )
    typer.echo(f"预警：新 {counts['raised']}，并入 {counts['joined']}，不再命中 {counts['lapsed']}")
    if summary.applied:
        typer.echo(f"已应用；隔离区读出 {counts['repaired']} 条")
    else:
        typer.echo("以上只是预览，没有改动；加 --apply 应用")


def evidence(
    mention: Annotated[str, typer.Argument(help="Id of a mention.")],
    out: Annotated[Path | None, typer.Option(help="Write its record to FILE (WARC).")] = None,
    json: AsJson = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """The record that a mention was read from: where it is, whether it is what was written."""
    from config.wiring import start
    from pipeline.archive import archived

    system = start()
    found = system.store.get([mention]).get(mention)
    if found is None:
        raise BadInputError(f"there is no mention “{mention}”")
    record = archived(system.spool, found.raw)
    if out is not None and record.raw is not None:
        try:
            out.write_bytes(b"".join(record.members))
        except OSError as error:
            raise BadInputError(f"--out: {out} cannot be written ({error.strerror})") from None
    raw = record.raw
    facts = {
        "id": mention,
        "position": record.position,
        "state": record.state,
        "message": record.sentence,
        "url": raw.final_url if raw else found.url,
        "status": raw.status if raw else None,
        "fetched_at": raw.fetched_at.astimezone(UTC).isoformat() if raw else None,
        "bytes": len(raw.body) if raw else None,
        "sha256": record.sha256 or None,
    }
    if json:
        write_line(facts)
    else:
        for name, value in facts.items():
            typer.echo(f"{name:<10} {'—' if value is None else value}")
    if record.raw is None:
        raise typer.Exit(1)
