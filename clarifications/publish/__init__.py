"""Where clarifications go out. A new kind of channel is a class and a line in `CHANNEL_TYPES`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from clarifications.publish.channel import Channel, ChannelError, ChannelSettings, Publisher
from clarifications.publish.site import SiteChannel

CHANNEL_TYPES: dict[str, Callable[[ChannelSettings, Publisher, Path], Channel]] = {
    "site": SiteChannel,
}


def open_channel(settings: ChannelSettings, publisher: Publisher, data_folder: Path) -> Channel:
    """The channel that `settings.kind` names. Raises ChannelError when there is no such kind."""
    if settings.kind not in CHANNEL_TYPES:
        raise ChannelError(
            _("渠道“{id}”的类型“{kind}”不存在，可用的有：{known}。").format(
                id=settings.id, kind=settings.kind, known="、".join(CHANNEL_TYPES)
            )
        )
    return CHANNEL_TYPES[settings.kind](settings, publisher, data_folder)
