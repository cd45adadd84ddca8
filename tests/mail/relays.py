# ruff: noqa: N802  # aiosmtpd gives the hooks their names
"""Mail relays on loopback: real SMTP servers, each with one habit."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Accepts:
    """Takes every message and remembers it."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.greeted_as: list[str | None] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        self.greeted_as.append(session.host_name)
        return "250 2.0.0 Queued as 4711"


class AnswersTheRecipient(Accepts):
    """Says the same to every RCPT."""

    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        return self.answer


class WantsASecondConversation(Accepts):
    """Says "not now" to MAIL in its first conversation, whatever follows there; the next one finds it well."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Session | None = None

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.first = self.first or session
        if session is self.first:
            return "451 4.3.2 Try a fresh start"
        envelope.mail_from = address
        return "250 OK"


class AnswersTheMessage(Accepts):
    """Hears the whole message, then gives this verdict."""

    def __init__(self, verdict: str) -> None:
        super().__init__()
        self.verdict = verdict

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await super().handle_DATA(server, session, envelope)
        return self.verdict


class HangsUpAfterTheDot(Accepts):
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        server.transport.abort()
        return answer


class FallsSilentAfterTheDot(Accepts):
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await super().handle_DATA(server, session, envelope)
        await asyncio.Event().wait()
        raise AssertionError("nobody sets this event")


class HangsUpWithinTheMessage(SMTP):
    """Asks for the message and hangs up on its first line."""

    async def smtp_DATA(self, arg: str) -> None:
        await self.push("354 Go on")
        await self._reader.readline()
        self.transport.abort()


class OneUser:
    """Lets in who knows the password, and remembers what was tried."""

    def __init__(self, user: str, password: str) -> None:
        self.pair = (user.encode(), password.encode())

    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == self.pair
        return AuthResult(success=known, handled=False)


class Relay(Controller):
    """One relay; ``implicit_tls`` speaks TLS from the first byte."""

    def __init__(
        self, handler: Accepts, protocol: type[SMTP] = SMTP, implicit_tls: SSLContext | None = None, **options: Any
    ) -> None:
        self.protocol = protocol
        super().__init__(handler, "127.0.0.1", free_port(), ssl_context=implicit_tls, **options)

    def factory(self) -> SMTP:
        return self.protocol(self.handler, **self.SMTP_kwargs)


@contextmanager
def running(relay: Relay) -> Iterator[str]:
    """The relay's host and port while it runs."""
    relay.start()
    try:
        yield f"127.0.0.1:{relay.port}"
    finally:
        relay.stop()


@contextmanager
def saying(*answers: bytes) -> Iterator[str]:
    """A relay that reads from a script: for each connection, its lines one by one, whatever it is told.

    aiosmtpd is too well-behaved for some of the things a broken relay says.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        reader = threading.Thread(target=_read_out, args=(listener, answers))
        reader.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            reader.join(timeout=5)


def _read_out(listener: socket.socket, answers: tuple[bytes, ...]) -> None:
    listener.settimeout(5)
    conversation, _ = listener.accept()
    # A client may hang up before the script ends: it has heard enough.
    with suppress(ConnectionError), conversation, conversation.makefile("rb") as heard:
        conversation.settimeout(5)
        for answer in answers:
            conversation.sendall(answer + b"\r\n")
            for line in heard:
                if not answer.startswith(b"354") or line == b".\r\n":
                    break


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
