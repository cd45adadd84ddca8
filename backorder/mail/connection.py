"""A conversation with the relay, up to the point where it listens to us.

Nothing of a message has been said here: whatever breaks, the message was certainly not accepted.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from backorder.mail.outcome import RelayAway, RelayUnusable
from backorder.mail.patience import Deadline
from backorder.mail.relay import Relay, Security


@contextmanager
def conversation(relay: Relay, *, origin: str, until: Deadline, goodbye: float) -> Iterator[smtplib.SMTP]:
    """The relay, greeted as ``origin``, under TLS and logged in as its address asks; closed when done.

    Raises ``RelayAway`` where it cannot be reached ``until`` then, ``RelayUnusable`` where it will not have us.
    """
    smtp = _let_in(relay, origin, until)
    try:
        yield smtp
        # The verdict is in; a relay that hangs up without a good-bye does not change it.
        with suppress(smtplib.SMTPException, OSError):
            Deadline(goodbye).bind(smtp).quit()
    finally:
        smtp.close()


def _let_in(relay: Relay, origin: str, until: Deadline) -> smtplib.SMTP:
    try:
        smtp = _reach(relay, origin, until)
    except (smtplib.SMTPException, OSError) as problem:
        raise _not_let_in(problem) from problem
    try:
        _introduce(smtp, relay, until)
    except (smtplib.SMTPException, OSError) as problem:
        smtp.close()
        raise _not_let_in(problem) from problem
    return smtp


def _reach(relay: Relay, origin: str, until: Deadline) -> smtplib.SMTP:
    if relay.security is Security.TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(relay.host, relay.port, origin, timeout=until.left(), context=context)
    return smtplib.SMTP(relay.host, relay.port, origin, timeout=until.left())


def _introduce(smtp: smtplib.SMTP, relay: Relay, until: Deadline) -> None:
    if smtp.sock is not None:
        # Else the final dot of each message would wait until the relay acknowledges what came before it, which may take 40 ms.
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    until.bind(smtp).ehlo_or_helo_if_needed()
    if relay.security is Security.STARTTLS:
        until.bind(smtp).starttls(context=ssl.create_default_context())
        until.bind(smtp).ehlo_or_helo_if_needed()
    if relay.login:
        until.bind(smtp).login(*relay.login)


def _not_let_in(problem: Exception) -> RelayAway:
    """Whether the relay is away for now, or will not have us until somebody mends a setting."""
    match problem:
        case smtplib.SMTPResponseException(smtp_code=code) if code >= 500:
            return RelayUnusable(f"The relay turns us away with {code}.")
        case smtplib.SMTPResponseException(smtp_code=code):
            return RelayAway(f"The relay asks us to come later with {code}.")
        case smtplib.SMTPNotSupportedError():
            return RelayUnusable("The relay offers no TLS, or no login, and SMTP_URL asks for it.")
        case ssl.SSLError() if not isinstance(problem, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return RelayUnusable("No TLS with the relay: its certificate or its protocol is not to be trusted.")
        case _:
            return RelayAway(f"The relay cannot be reached: {type(problem).__name__}.")
