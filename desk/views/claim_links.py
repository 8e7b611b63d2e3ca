"""What people decide about the links of mentions with known claims."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts.models import AlertMention, ClaimDecision
from clarifications import claims
from desk import ports
from desk.claim_links import ClaimLink, links_of
from desk.views.mentions import shown, together
from desk.views.page import page, user_of
from pipeline.errors import ChengqingError, StoreError
from pipeline.model import Mention

Act = Callable[[Mention, ClaimLink, int, str], ClaimDecision]


@require_POST
@page
def confirm(request: HttpRequest, mention_id: str, claim_id: str) -> HttpResponse:
    desk = ports.current()

    def act(mention: Mention, link: ClaimLink, seen: int, reason: str) -> ClaimDecision:
        assert desk.claim_links is not None  # else no link is open
        return claims.confirm(
            mention, desk.false_claims[claim_id], link.match, seen=seen, user=user_of(request),
            reason=reason, judge=desk.claim_links.judge,
        )  # fmt: skip

    return _act(request, mention_id, claim_id, act, _("已认定：这条信息重复这一说法。"))


@require_POST
@page
def reject(request: HttpRequest, mention_id: str, claim_id: str) -> HttpResponse:
    def act(mention: Mention, link: ClaimLink, seen: int, reason: str) -> ClaimDecision:
        return claims.reject(
            mention, ports.current().false_claims[claim_id], link.match, seen=seen,
            user=user_of(request), reason=reason,
        )  # fmt: skip

    return _act(request, mention_id, claim_id, act, _("已否定：以后不再提示这一关联。"))


def _act(
    request: HttpRequest, mention_id: str, claim_id: str, act: Act, sentence: str
) -> HttpResponse:
    """Decide about the text that the page showed; what is refused is told on the mention's page."""
    try:
        mention, link = _seen(request.POST.get("text", ""), mention_id, claim_id)
        act(mention, link, _number(request.POST.get("seen", "")), _reason(request))
    except StoreError:
        raise
    except ChengqingError as error:
        return shown(request, mention_id, refusal=str(error), typed_claim=claim_id)
    messages.success(request, sentence)
    return redirect(_back(request, mention_id))


def _seen(text: str, mention_id: str, claim_id: str) -> tuple[Mention, ClaimLink]:
    """The version whose text was shown, and its link with the claim."""
    versions = ports.current().store().versions(mention_id)
    mention = next((each for each in versions if each.content_hash == text), None)
    if mention is None:
        raise ChengqingError(_("这条信息刚有更新，请看过现在的内容再决定。"))
    hits = list(AlertMention.objects.filter(mention=mention_id))
    exact = all(hit.content_hash == text for hit in hits)
    for link in links_of(mention, together(hits), exact=exact):
        if link.match.claim == claim_id and link.open:
            return mention, link
    raise ChengqingError(
        _("说法“{claim}”已不在说法库中，或者与这条信息无关。").format(claim=claim_id)
    )


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:2000]


def _number(text: str) -> int:
    """The last decision that the page showed; what is no number was never shown."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1


def _back(request: HttpRequest, mention_id: str) -> str:
    """The page on which it was decided: that of a hit of an alert, or of the mention."""
    hit = AlertMention.objects.filter(
        pk=max(_number(request.POST.get("hit", "")), 0), mention=mention_id
    ).first()
    if hit is None:
        return reverse("mention", args=(mention_id,))
    return f"{reverse('alert', args=(hit.alert_id,))}?hit={hit.pk}"
