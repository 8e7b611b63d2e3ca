"""From a source to its evidence: what a visit brought, and each record as it was fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.models import AlertMention, Fetched, SourceRound
from clarifications.models import CaseMention
from clarifications.states import HANDLER, MONITOR
from desk import ports
from desk.context import roles_of
from desk.records import NoRecordError, StoredRecord, mentions_of, parse_position, stored_record
from desk.views.page import page
from pipeline import spool
from pipeline.documents.records import is_document
from pipeline.errors import ChengqingError
from pipeline.model import Position, RawKind

PER_PAGE = 100
MAY_SEE_PERSONS = frozenset({MONITOR, HANDLER})
"""Roles that see what people sent in as it came: with names, numbers and ways to reach them."""


@require_safe
@page
def round_detail(request: HttpRequest, source_id: str, round_id: int) -> HttpResponse:
    visit = get_object_or_404(SourceRound, pk=round_id, source=source_id)
    rows = Fetched.objects.filter(source=source_id, round_at=visit.at)
    listing = None
    if visit.answered and not rows.filter(kind=RawKind.LISTING).exists():
        earlier = Fetched.objects.filter(source=source_id, kind=RawKind.LISTING)
        listing = earlier.filter(round_at__lt=visit.at).order_by("-round_at", "-id").first()
    context = {
        "section": "sources",
        "source_id": source_id,
        "visit": visit,
        "records": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "unchanged_since": listing,
    }
    return render(request, "desk/round.html", context)


@require_safe
@page
def record_detail(request: HttpRequest, position: str) -> HttpResponse:
    place = _place(position)
    desk = ports.current()
    folder = _folder()
    rows = list(Fetched.objects.filter(position=position))
    context: dict[str, Any] = {
        "section": "sources",
        "position": place,
        "segment": spool.segment_path(folder, place.segment).name,
        "rows": [(row, _visit_of(row)) for row in rows],
        "hits": AlertMention.objects.filter(raw=position).select_related("alert"),
        "cases": [
            each.case for each in CaseMention.objects.filter(raw=position).select_related("case")
        ],
    }
    record = _stored(folder, place)
    if record is None:
        return render(request, "desk/record_gone.html", context, status=404)
    context |= {"record": record, "mentions": _mentions(folder, record)}
    context["kept_from"] = _is_kept_from(request, record)
    context["source_id"] = record.raw.source
    context["fetched_at"] = desk.local(record.raw.fetched_at).isoformat(" ", "seconds")
    context["known_source"] = record.raw.source in desk.source_names
    return render(request, "desk/record.html", context)


@require_safe
@page
def record_raw(request: HttpRequest, position: str) -> HttpResponse:
    """The body as it came over the wire, never shown as what it claims to be."""
    record = _stored(_folder(), _place(position))
    if record is None:
        raise Http404(position)
    if _is_kept_from(request, record):
        raise PermissionDenied
    return HttpResponse(
        record.raw.body,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, record.file_name) or "",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def _is_kept_from(request: HttpRequest, record: StoredRecord) -> bool:
    """Whether a record may hold personal data that is none of the user's business."""
    return is_document(record.raw) and not roles_of(request) & MAY_SEE_PERSONS


def _stored(folder: Path, place: Position) -> StoredRecord | None:
    try:
        return stored_record(folder, place)
    except NoRecordError:
        raise Http404(str(place)) from None


def _place(position: str) -> Position:
    place = parse_position(position)
    if place is None:
        raise Http404(position)
    return place


def _folder() -> Path:
    folder = ports.current().office.spool_folder
    if folder is None:
        raise ChengqingError(_("这里没有存档。"))
    return folder


def _visit_of(row: Fetched) -> SourceRound | None:
    return SourceRound.objects.filter(source=row.source, at=row.round_at).first()


def _mentions(folder: Path, record: StoredRecord) -> list[Any]:
    desk = ports.current()
    zones = {entry.value.id: entry.value.timezone for entry in desk.sources}
    zone = zones.get(record.raw.source, desk.timezone)
    return mentions_of(folder, record, zone, desk.store(), desk.sites)
