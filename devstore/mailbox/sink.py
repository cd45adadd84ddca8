"""The SMTP side: a door that can be shut for a while without losing its port."""

import asyncio
import socket
from typing import Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Box(Protocol):
    """What the sink puts letters into."""

    @property
    def mode(self) -> str: ...

    def refusal(self, sender: str, recipient: str) -> str | None: ...

    def keep(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> object: ...


class Sink:
    """Answers one conversation, the way the box's mood wants it."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def handle_RCPT(  # noqa: N802  # aiosmtpd looks the hook up by this name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = self._box.refusal(envelope.mail_from or "", address)
        if refusal:
            return refusal
        if self._box.mode == "hangs up":
            _cut(server)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  # as above
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self._box.mode == "later":
            return "451 4.3.0 Not now"
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        self._box.keep(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)
        if self._box.mode == "swallows":
            _cut(server)
        return "250 2.0.0 Kept"


def _cut(conversation: SMTP) -> None:
    """Break the line in the middle of what was said."""
    if isinstance(conversation.transport, asyncio.Transport):
        conversation.transport.abort()


class _Listener(Controller):
    """A controller over a socket that is already bound: no race for the port."""

    def __init__(self, box: Box, bound: socket.socket) -> None:
        super().__init__(Sink(box), hostname=HOST, port=bound.getsockname()[1])
        self._bound = bound

    async def _create_server(self) -> asyncio.AbstractServer:
        return await self.loop.create_server(self._factory_invoker, sock=self._bound)


class Door:
    """A port on loopback that can be open or shut."""

    def __init__(self, box: Box, port: int) -> None:
        """Take the port (0: any free one). Raises ``OSError`` when somebody else has it."""
        self._box = box
        self._listener: _Listener | None = None
        # bound but never listening: refuses connections, and keeps the port ours while the door is shut
        self._place = _bound(port)
        self.port: int = self._place.getsockname()[1]

    def open(self) -> None:
        if self._listener is None:
            self._listener = _Listener(self._box, _bound(self.port))
            self._listener.start()

    def close(self) -> None:
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def leave(self) -> None:
        """Shut the door and give the port back."""
        self.close()
        self._place.close()


def _bound(port: int) -> socket.socket:
    # Named, so that asyncio knows it for TCP and lets no part of an answer wait for the acknowledgement of another (40 ms).
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        place.bind((HOST, port))
    except OSError:
        place.close()
        raise
    return place
