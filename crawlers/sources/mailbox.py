"""A mailbox (IMAP): newsletters, reports that people send in. Mails stay unread, in place."""

from __future__ import annotations

import imaplib
import os
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import unquote, urlsplit

from imap_tools import AND, BaseMailBox, ImapToolsError

from crawlers.sources.local import Found, Taken, Trouble, Visit, megabytes
from pipeline.documents.records import mail_record

RECENT = timedelta(days=30)
"""Mails that came earlier are not read."""
ROOM = 4 * 1024 * 1024
"""Bytes that a server may answer to one command beside the mail that was asked for."""
_VALIDITY = re.compile(rb"(\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxError(Exception):
    """One sentence why the mailbox could not be read."""


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    address: str
    port: int
    tls: bool
    user: str
    folder: str


def read_mailbox(visit: Visit) -> Iterator[Found | Taken | Trouble]:
    """Mails of the last RECENT that were not read, oldest first. The key is UIDVALIDITY and UID.

    `url` is imaps://user@host[:port][/folder]; imap:// without TLS only within allowed networks.
    """
    try:
        place = _place(visit)
        password = os.environ.get(visit.source.password_env, "")
        if not password:
            raise MailboxError(f"环境变量 {visit.source.password_env} 没有设置邮箱口令")
        with _opened(place, password, visit.timeout) as box:
            yield from _read(box, place, visit)
    except MailboxError as error:
        yield Trouble(str(error))
    except (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError, ValueError) as error:
        yield Trouble(_why(error))


def _place(visit: Visit) -> _Place:
    """Where to connect to: the address is checked here and connected to as it is."""
    from crawlers.reach import is_public  # brings Scrapy, which who only reads settings can spare

    try:
        parts = urlsplit(visit.source.url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise MailboxError("邮箱地址无效") from None
    if parts.scheme not in ("imap", "imaps") or not host or not parts.username:
        raise MailboxError("邮箱地址应写成 imaps://用户名@服务器/文件夹")
    tls = parts.scheme == "imaps"
    port = port or (993 if tls else 143)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise MailboxError(f"{host} 的域名无法解析") from None
    address = str(found[0][4][0])
    inside = any(ip_address(address) in ip_network(each) for each in visit.networks)
    if not inside and not is_public(ip_address(address)):
        raise MailboxError(f"{host} 指向内部地址，已拒绝访问；请在 allow_networks 中允许")
    if not tls and not inside:
        raise MailboxError("不加密的 imap:// 只用于允许的内网，请改用 imaps://")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return _Place(host, address, port, tls, unquote(parts.username), folder)


class _Bounded:
    """What a server says is read as far as there is room: literals as long as it likes, and lines
    without end, would fill the memory."""

    room = ROOM

    def read(self, size: int) -> bytes:
        self._take(size)
        return bytes(super().read(size))  # type: ignore[misc]

    def readline(self) -> bytes:
        line = bytes(super().readline())  # type: ignore[misc]
        self._take(len(line))
        return line

    def _take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise MailboxError("邮件服务器的答复过长，已停止读取")


class _Box(BaseMailBox):
    """A mailbox that is connected to by the address that was checked."""

    def __init__(self, place: _Place, timeout: float) -> None:
        self.place, self.timeout = place, timeout
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        place, timeout = self.place, self.timeout

        class Plain(_Bounded, imaplib.IMAP4):
            def _create_socket(self, timeout: Any) -> socket.socket:
                return socket.create_connection((place.address, place.port), timeout)

        class Safe(_Bounded, imaplib.IMAP4):
            def _create_socket(self, timeout: Any) -> socket.socket:
                plain = socket.create_connection((place.address, place.port), timeout)
                context = ssl.create_default_context()
                return context.wrap_socket(plain, server_hostname=place.host)

        return (Safe if place.tls else Plain)(place.host, place.port, timeout)


def _opened(place: _Place, password: str, timeout: float) -> Any:
    box = _Box(place, timeout)
    try:
        return box.login(place.user, password, initial_folder=None)
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        box.client.shutdown()
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        raise MailboxError(f"{place.host} 拒绝了 {place.user} 的登录，请检查用户名和口令") from None


def _read(box: Any, place: _Place, visit: Visit) -> Iterator[Found | Taken | Trouble]:
    try:
        box.folder.set(place.folder, readonly=True)
    except ImapToolsError:
        raise MailboxError(f"邮箱里没有文件夹 {place.folder}") from None
    since = (visit.now() - RECENT).date()
    validity = _validity(box)
    uids = sorted(box.uids(AND(date_gte=since)), key=int)
    keys = {f"{validity}:{uid}": uid for uid in uids}
    new = [key for key in keys if key not in visit.seen]
    taken = new[: visit.source.max_items]
    yield Found(tuple(keys), len(new), len(new) - len(taken))
    for key in taken:
        try:
            yield _mail(box, key, keys[key], place, visit)
        except MailboxError as error:  # the connection is of no more use; without it the next is
            where = f"{place.folder} {keys[key]}"
            yield Trouble(f"一封邮件（{where}）：{error}", where, key, permanent=True)
            return


def _validity(box: Any) -> str:
    """By this a server says that its numbers were given anew."""
    values = box.client.untagged_responses.get("UIDVALIDITY") or [b""]
    found = _VALIDITY.search(values[-1] or b"")
    return found[1].decode() if found else "0"


def _mail(box: Any, key: str, uid: str, place: _Place, visit: Visit) -> Taken | Trouble:
    where = f"{place.folder} {uid}"
    box.client.room = visit.max_bytes + ROOM
    _, sizes = box.client.uid("fetch", uid, "(RFC822.SIZE)")
    found = _SIZE.search(b" ".join(_flat(sizes)))
    if found and int(found[1]) > visit.max_bytes:
        return Trouble(
            f"一封邮件（{where}）超过{megabytes(visit.max_bytes)}，未读取",
            where,
            key,
            permanent=True,
        )
    _, answer = box.client.uid("fetch", uid, "(BODY.PEEK[])")
    bodies = [each[1] for each in answer if isinstance(each, tuple) and len(each) > 1]
    if not bodies:
        return Trouble(f"一封邮件（{where}）取不到，可能已被删除", where)
    source = visit.source
    return Taken(key, mail_record(source.id, key, bodies[0], visit.now(), source.fields), where)


def _flat(answer: Any) -> list[bytes]:
    found: list[bytes] = []
    for each in answer or []:
        found.extend(each if isinstance(each, tuple) else [each] if each else [])
    return found


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "邮件服务器的安全证书无效或已过期"
    if isinstance(error, TimeoutError):
        return "邮件服务器超时没有答复"
    if isinstance(error, ConnectionRefusedError):
        return "邮件服务器拒绝连接"
    if isinstance(error, ssl.SSLError):
        return "与邮件服务器的加密连接失败"
    return (
        "与邮件服务器的连接中断"
        if isinstance(error, OSError | EOFError | imaplib.IMAP4.abort)
        else "邮件服务器答复有误"
    )
