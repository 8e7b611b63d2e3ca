"""Why an address could not be had: a sentence for the desk, and whether trying again is of use."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from scrapy.exceptions import IgnoreRequest

from crawlers.budget import BudgetSpent
from crawlers.certificates import CertificateRefused
from crawlers.hosts import HostResting, retry_after
from crawlers.plan import Code
from crawlers.reach import AddressRefused
from crawlers.robots import RobotsForbidden, RobotsUnreachable

_PASSING = (408, 425, 429)
_GONE = (404, 410)
_LOGIN = (401, 407)
_NAMES = {
    "DownloadTimeoutError": "超时没有答复",
    "TimeoutError": "超时没有答复",
    "TCPTimedOutError": "连接超时",
    "CannotResolveHostError": "域名无法解析",
    "ConnectionRefusedError": "连接被拒绝",
    "DownloadConnectionRefusedError": "连接被拒绝",
    "ResponseDataLossError": "连接中断，内容不全",
    "DownloadFailedError": "连接中断",
    "ConnectionLost": "连接中断",
    "ConnectionDone": "连接中断",
    "TunnelError": "代理没有接通",
}


TIME_UP = "本轮时间用尽，余下的下一轮继续"


@dataclass(frozen=True, slots=True)
class Reason:
    """`permanent` when trying again is of no use; `retry_after` in seconds, 0 when not said.

    `code` names those that people do something else about, see `plan.Event.code`.
    """

    text: str
    permanent: bool = False
    retry_after: float = 0
    code: Code = ""


def of_status(response: Any) -> Reason:
    """Why a response that is not 200 is not what was wanted."""
    status = response.status
    if status == 304:
        return Reason("服务器答复 304，但此前没有取到过内容")
    if 300 <= status < 400:
        return Reason("转向的地址无法采集", permanent=True)
    header = (response.headers.get("Retry-After") or b"").decode("latin-1")
    return Reason(
        f"服务器答复 {status}",
        permanent=status < 500 and status not in _PASSING,
        retry_after=retry_after(header, now=time.time()),
        code="gone" if status in _GONE else "login" if status in _LOGIN else "",
    )


def of_error(error: Any) -> Reason:
    """Why no response came: what the request ended with."""
    if isinstance(error, HostResting):
        return Reason(str(error), retry_after=error.seconds)
    if isinstance(error, BudgetSpent):
        return Reason(str(error), retry_after=error.seconds)
    if isinstance(error, CertificateRefused):
        return Reason(str(error))
    if isinstance(error, RobotsUnreachable):
        why = f"服务器答复 {error.why}" if isinstance(error.why, int) else of_error(error.why).text
        return Reason(f"{error.site}/robots.txt 取不到（{why}），本轮不采集该网站")
    if isinstance(error, AddressRefused):
        return Reason(str(error), permanent=True, code="address")
    if isinstance(error, RobotsForbidden):
        return Reason(str(error), permanent=True, code="robots")
    if isinstance(error, IgnoreRequest):
        return Reason("转向次数过多", permanent=True)
    name = type(error).__name__
    if name in ("DownloadCancelledError", "CancelledError"):
        return Reason("内容超过大小上限", permanent=True)
    return Reason(_NAMES.get(name, f"取不到（{name}）"))
