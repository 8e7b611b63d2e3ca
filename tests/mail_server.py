"""A small IMAP server on loopback: one user, one folder, and a record of what it was asked."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "yuqing", "geheim 1"


@dataclass
class Mailbox:
    """`mails` by UID. `silent` answers nothing after the greeting; `cut` breaks off in a mail,
    `lies` sends a mail of two gigabytes after it stated ten bytes, `babbles` never ends a search.

    With a `certificate` (see below) it speaks TLS.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    silent: bool = False
    cut: bool = False
    lies: bool = False
    babbles: bool = False
    asked: list[str] = field(default_factory=list)
    port: int = 0
    certificate: Path | None = None

    def url(self, folder: str = "INBOX") -> str:
        scheme = "imaps" if self.certificate else "imap"
        return f"{scheme}://{USER}@127.0.0.1:{self.port}/{folder}"


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        box = self.server.box
        self._say("* OK ready")
        while line := self.rfile.readline().decode("utf-8", "replace").rstrip("\r\n"):
            box.asked.append(line)
            if box.silent:
                self.server.stopping.wait(10)
                return
            tag, _, command = line.partition(" ")
            if self._answer(tag, command) == "end":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _answer(self, tag: str, command: str) -> str:
        box, word = self.server.box, command.split(" ")[0].upper()
        if command.upper().startswith("UID "):
            return self._uid(tag, command[4:])
        if word == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif word == "LOGIN":
            if f'"{PASSWORD}"' not in command or USER not in command:
                self._say(f"{tag} NO wrong password")
                return ""
        elif word == "EXAMINE":
            if "INBOX" not in command:
                self._say(f"{tag} NO no such folder")
                return ""
            self._say(f"* {len(box.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {box.validity}] valid")
        elif word == "LOGOUT":
            self._say("* BYE")
        else:
            self._say(f"{tag} BAD what")
            return ""
        self._say(f"{tag} OK done")
        return "end" if word == "LOGOUT" else ""

    def _uid(self, tag: str, command: str) -> str:
        box = self.server.box
        if command.upper().startswith("SEARCH"):
            with suppress(OSError):
                while box.babbles:
                    self._say("* OK " + "still looking " * 1000)
            self._say("* SEARCH " + " ".join(map(str, box.mails)))
        else:
            found = re.match(r"fetch (\d+) \((.*)\)", command, re.I)
            assert found is not None
            uid, what = int(found[1]), found[2]
            mail = box.mails.get(uid)
            if mail is not None and what == "RFC822.SIZE":
                size = 10 if box.lies else len(mail)
                self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {size})")
            elif mail is not None and box.lies:
                self._say(f"* 1 FETCH (UID {uid} BODY[] {{2000000000}}")
            elif mail is not None:
                self._say(f"* 1 FETCH (UID {uid} BODY[] {{{len(mail)}}}")
                self.wfile.write(mail[: len(mail) // 2] if box.cut else mail)
                if box.cut:
                    return "end"
                self._say(")")
        self._say(f"{tag} OK done")
        return ""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.box.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.box.certificate)
            with suppress(OSError), context.wrap_socket(request, server_side=True) as safe:
                super().finish_request(safe, client_address)
            return
        super().finish_request(request, client_address)


@contextmanager
def serving(box: Mailbox) -> Iterator[Mailbox]:
    with _Server(box) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def certificate(folder: Path) -> Path:
    """Key and certificate of 127.0.0.1, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
