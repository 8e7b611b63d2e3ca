"""One story: how it spread, what stands on it, and people's decisions where it begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts.models import Alert, StoryDecision
from alerts.stories import decisions, history, last
from clarifications import stories
from clarifications.models import Case
from clarifications.roles import actor_of
from clarifications.states import MERGE, SPLIT, may
from desk import ports
from desk.charts import hours_chart
from desk.views.page import page, user_of
from pipeline.errors import ChengqingError, StoreError
from pipeline.model import Mention, Query
from pipeline.spread import joined, spread
from pipeline.story_decisions import mentions_of, settle

PER_PAGE = 100
MOST = 5_000
"""Mentions of a story that are looked at, the newest ones."""


@require_safe
@page
def story_detail(request: HttpRequest, story_id: str) -> HttpResponse:
    """A story that was merged leads to the one that it is a part of now."""
    into = decisions().merged.get(story_id)
    return redirect("story", story_id=into) if into else _detail(request, story_id)


def _detail(request: HttpRequest, story: str, refusal: str = "") -> HttpResponse:
    desk = ports.current()
    store = desk.store()
    found = mentions_of(store, story, MOST)
    if not found:
        raise Http404(story)
    told = spread(found, desk.source_names)
    hours = store.histogram(Query(stories=(story,)), interval="hour", timezone=desk.timezone)
    actor = actor_of(user_of(request))
    alerts = list(Alert.objects.filter(story=story))
    context: dict[str, Any] = {
        "section": "mentions",
        "story": story,
        "first": told[0].mention,
        "latest": told[-1].mention,
        "count": len(told),
        "more": len(found) >= MOST,
        "copies": sum(each.copied is not None for each in told),
        "page": Paginator(told, PER_PAGE).get_page(request.GET.get("page")),
        "joined": joined(told),
        "chart": hours_chart(hours),
        "chart_text": _("每小时信息量：{counts}").format(
            counts="，".join(f"{at:%m-%d %H}时 {count}" for at, count in hours)
        ),
        "alerts": alerts,
        "cases": Case.objects.filter(alert__in=alerts),
        "history": history(story),
        "seen": last(story),
        "split_refused": refused.sentence if (refused := may(SPLIT, actor, reason="…")) else "",
        "merge_refused": refused.sentence if (refused := may(MERGE, actor, reason="…")) else "",
        "refusal": refusal,
        "typed": request.POST,
        "ticked": request.POST.getlist("mention"),
    }
    return render(request, "desk/story.html", context, status=409 if refusal else 200)


@require_POST
@page
def split(request: HttpRequest, story_id: str) -> HttpResponse:
    def done() -> StoryDecision:
        there = {mention.id for mention in mentions_of(ports.current().store(), story_id)}
        moved = set(request.POST.getlist("mention"))
        if lost := moved - there:
            raise ChengqingError(
                _("勾选的信息中有{n}条已不属于这一事件，请看过现在的情况再决定。").format(
                    n=len(lost)
                )
            )
        return stories.split(
            story_id, moved, there - moved, seen=_seen(request), user=user_of(request),
            reason=_reason(request),
        )  # fmt: skip

    return _act(request, story_id, done, _("已拆出{n}条信息，成为单独的事件。"))


@require_POST
@page
def merge(request: HttpRequest, story_id: str) -> HttpResponse:
    def done() -> StoryDecision:
        target = _story_named(request.POST.get("target", ""))
        return stories.merge(
            story_id, target, seen=_seen(request), user=user_of(request), reason=_reason(request)
        )

    return _act(request, story_id, done, _("已并入这一事件。"))


def _act(
    request: HttpRequest, story: str, act: Callable[[], StoryDecision], sentence: str
) -> HttpResponse:
    """Do it, then bring the mention store in line; what is refused is told on the page."""
    try:
        row = act()
    except StoreError:
        raise
    except ChengqingError as error:
        return _detail(request, story, str(error))
    messages.success(request, sentence.format(n=len(row.mentions)))
    try:
        settle(ports.current().store(), decisions())
    except StoreError as error:
        late = _("信息库暂时没有跟上（{why}），下一轮采集时会补上。")
        messages.warning(request, late.format(why=error))
    return redirect("story", story_id=row.target)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:2000]


def _seen(request: HttpRequest) -> int:
    """The last decision that the page showed; what is no number was never shown."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1


def _story_named(text: str) -> str:
    """A story by the address or id of one, or of a mention."""
    key = text.strip().rstrip("/").rpartition("/")[2]
    if not key:
        raise ChengqingError(_("请填写要并入的事件：它的网址或编号，或者其中一条信息的。"))
    store = ports.current().store()
    decided = decisions()
    mention: Mention | None = store.get([key]).get(key)
    story = decided.story(mention.id, mention.story) if mention else decided.merged.get(key, key)
    if not store.count(Query(stories=(story,))):
        raise ChengqingError(_("没有找到事件“{key}”。").format(key=key[:80]))
    return story
