"""Why a site's certificate is refused, in a sentence. There is no way round the refusal."""

from __future__ import annotations

import socket
import ssl

from OpenSSL import SSL
from scrapy.exceptions import IgnoreRequest
from service_identity import CertificateError, VerificationError

INVALID = "网站的安全证书无效"
_SECONDS = 10
_ERRORS = {
    9: "网站的安全证书尚未生效，请检查本机的时钟",
    10: "网站的安全证书已过期",
    18: "网站的安全证书不是由受信任的机构签发",
    19: "网站的安全证书不是由受信任的机构签发",
    20: "网站的安全证书不是由受信任的机构签发",
    21: "网站的安全证书不是由受信任的机构签发",
    23: "网站的安全证书已被吊销",
    62: "网站的安全证书属于别的网站",
    64: "网站的安全证书属于别的网站",
}
"""OpenSSL's verification errors (X509_V_ERR_…)."""
_CERTIFICATE = (SSL.Error, CertificateError, VerificationError)


class CertificateRefused(IgnoreRequest):
    """The site cannot prove that it is the one that was asked for."""


def is_certificate(error: BaseException) -> bool:
    """Whether a connection failed for its certificate; Twisted wraps what was found."""
    inner = [each.value for each in getattr(error.__cause__, "reasons", None) or ()]
    return any(isinstance(each, _CERTIFICATE) for each in inner)


def what_is_wrong(address: str, port: int, host: str) -> str:
    """The sentence for a certificate that Twisted refused without saying why: a handshake with the
    same, already checked address, by Python's own TLS. Blocks for a few seconds at most."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((address, port), _SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return INVALID
    except ssl.SSLCertVerificationError as error:
        return _ERRORS.get(error.verify_code, INVALID)
    except (OSError, ValueError):
        return INVALID
