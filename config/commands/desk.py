"""Commands of the desk: search, alerts, digest, audit log."""

from __future__ import annotations

import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from config.commands.options import AsJson, Config, Data, write_line
from config.instants import read_instant
from pipeline.errors import BadInputError
from pipeline.model import LEVELS, Query

if TYPE_CHECKING:
    from config.wiring import System


def _instant(text: str | None, timezone: str) -> object:
    try:
        return read_instant(text, ZoneInfo(timezone)) if text else None
    except ValueError as error:
        raise BadInputError(f"--since: {error}") from None


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases", -exclusions, OR.')],
    since: Annotated[str | None, typer.Option(help="ISO date or time.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source (repeatable).")] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many.")] = 20,
    json: AsJson = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Stored mentions, newest first."""
    from config.wiring import start

    system = start()
    zone = ZoneInfo(system.configuration.settings.timezone)
    wanted = Query(
        text=query,
        since=_instant(since, zone.key),  # type: ignore[arg-type]
        sources=tuple(source or ()),
    )
    system.store.refresh()
    _check_sources(system, wanted.sources)
    left, cursor = limit, None
    while left > 0:
        page = system.store.search(wanted, limit=min(left, 200), cursor=cursor)
        for hit in page.hits:
            mention = hit.mention
            if json:
                published = mention.published_at
                write_line(
                    {
                        "id": mention.id,
                        "url": mention.url,
                        "title": mention.title,
                        "text": mention.text,
                        "published_at": published and published.astimezone(zone).isoformat(),
                        "source": mention.source,
                        "story": mention.story,
                        "highlights": [list(span) for span in hit.highlights],
                    }
                )
            else:
                at = mention.at.astimezone(zone)
                typer.echo(f"{at:%Y-%m-%d %H:%M}  {mention.source}  {mention.title}")
                typer.echo(f"    {mention.id}  {mention.url}".rstrip())
        if not page.total and not json and sys.stderr.isatty():
            typer.echo("没有找到", err=True)
        left -= len(page.hits)
        cursor = page.cursor
        if cursor is None:
            break


def _check_sources(system: System, sources: tuple[str, ...]) -> None:
    """Raises BadInputError for one that is not configured and never brought anything."""
    known = [source.id for source in system.configuration.sources]
    for source in sources:
        if source not in known and not system.store.count(Query(sources=(source,))):
            raise BadInputError(
                f"--source: there is no source “{source}”; known are {', '.join(known)}"
            )


def alerts(
    since: Annotated[str | None, typer.Option(help="ISO date or time.")] = None,
    level: Annotated[str | None, typer.Option(help="Levels, such as I,II.")] = None,
    json: AsJson = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Raised alerts, newest first."""
    from config.wiring import start

    system = start()
    from alerts.models import Alert

    found = Alert.objects.prefetch_related("hits")
    zone = system.configuration.settings.timezone
    if since:
        found = found.filter(raised_at__gte=_instant(since, zone))
    if level:
        levels = [part.strip().upper() for part in level.split(",")]
        if unknown := [part for part in levels if part not in LEVELS]:
            raise BadInputError(f"--level: “{unknown[0]}” is no level; write some of I,II,III,IV")
        found = found.filter(level__in=levels)
    for alert in found.iterator(chunk_size=200):
        if json:
            write_line(
                {
                    "id": alert.id,
                    "level": alert.level,
                    "rule": alert.rule,
                    "kind": alert.kind,
                    "story": alert.story,
                    "mentions": [hit.mention for hit in alert.hits.all()],
                    "reason": alert.reason,
                    "state": alert.state,
                    "raised_at": alert.raised_at.astimezone(UTC).isoformat(),
                    "score": alert.score,
                    "contributions": alert.contributions,
                }
            )
        else:
            at = alert.raised_at.astimezone(ZoneInfo(zone))
            typer.echo(f"{at:%Y-%m-%d %H:%M}  {alert.level:<3}  {alert.title}")
            typer.echo(f"    {alert.reason}")


def digest(
    week: Annotated[str, typer.Option(help="ISO week, such as 2026-W47.")],
    format: Annotated[str, typer.Option(help="html")] = "html",  # noqa: A002
    out: Annotated[Path, typer.Option(help="Folder for the file.")] = Path(),
    config: Config = None,
    data: Data = None,
) -> None:
    """The weekly digest for leadership, as digest-WEEK.html."""
    formats = [part.strip() for part in format.split(",")]
    if unknown := [part for part in formats if part != "html"]:
        raise BadInputError(f"--format: “{unknown[0]}” is not offered; only html is")
    from config.digests import digest_html
    from config.wiring import start

    html = digest_html(start(), week)
    try:
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"digest-{week}.html"
        path.write_text(html, "utf-8")
    except OSError as error:
        raise BadInputError(f"--out: {out} cannot be written ({error.strerror})") from None
    typer.echo(str(path))


def audit_verify(
    export: Annotated[Path | None, typer.Option(help="Also write all entries to FILE.")] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Check the whole chain of the audit log; status 1 and the first broken entry if not intact."""
    from config.wiring import start

    start()
    from clarifications import audit

    if export is not None:
        audit.export(export)
    result = audit.verify()
    if not result.ok:
        typer.echo(result.broken, err=True)
        raise typer.Exit(1)
    typer.echo(f"the audit log is intact: {result.count} entries")
