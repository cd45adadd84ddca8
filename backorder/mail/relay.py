"""The mail relay, as one setting names it."""

import ipaddress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


class Security(Enum):
    """How the conversation is kept private; the value is the usual port."""

    PLAIN = 25
    STARTTLS = 587
    TLS = 465


@dataclass(frozen=True)
class Relay:
    """Where mail is handed over. ``login`` is user and password; it is never shown."""

    host: str
    port: int
    security: Security
    login: tuple[str, str] | None = field(default=None, repr=False)


def relay_at(url: str) -> Relay:
    """The relay of an ``SMTP_URL``; user and password are percent-decoded.

    ``smtp://host``            plain, port 25
    ``smtp://host?starttls``   TLS after the greeting, port 587; so is ``smtp://user:pass@host``, because
                               a password crosses a network only under TLS
    ``smtps://host``           TLS from the first byte, port 465

    Raises ``ValueError`` with a sentence that says what to do and does not repeat the URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SMTP_URL must look like smtp://user:pass@host:port, with smtps:// or ?starttls for TLS.")
    options = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.path not in {"", "/"} or parts.fragment or options - {"starttls"}:
        raise ValueError("SMTP_URL has more than user, password, host and port; the only option is ?starttls.")
    login = _login(parts)
    security = _security(parts, starttls="starttls" in options, login=login)
    return Relay(parts.hostname, _port(parts) or security.value, security, login)


def _login(parts: SplitResult) -> tuple[str, str] | None:
    if parts.username is None and parts.password is None:
        return None
    if not parts.username or not parts.password:
        raise ValueError("SMTP_URL names a user without a password, or a password without a user.")
    login = unquote(parts.username), unquote(parts.password)
    if not "".join(login).isascii():
        raise ValueError("The user and password of SMTP_URL must be ASCII: mail servers agree on nothing else.")
    return login


def _security(parts: SplitResult, *, starttls: bool, login: tuple[str, str] | None) -> Security:
    if parts.scheme == "smtps":
        return Security.TLS
    crosses_a_network = not _is_this_machine(parts.hostname or "")
    return Security.STARTTLS if starttls or (login and crosses_a_network) else Security.PLAIN


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ValueError("The port of SMTP_URL must be a number up to 65535.") from None
