"""What lies between the house and the outside, without sockets: the same bytes, handed over in this process.

Requests go through ``requests`` and the store's web application, webhooks through the receiver's, letters through ``smtplib``
and the words of SMTP. Only the kernel is left out.
"""

import io
import smtplib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from devstore.mailbox.box import Mailbox

Answer = tuple[int, dict[str, str], bytes]


def call(app: Flask, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """One request to a web application, as a server would hand it over."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    said: list[Any] = []

    def begin(status: str, given: list[tuple[str, str]], _problem: object = None) -> Callable[[bytes], object]:
        said[:] = [int(status.split(maxsplit=1)[0]), dict(given)]
        return lambda _data: None

    content = b"".join(app(environ, begin))
    return said[0], said[1], content


class Handed(BaseAdapter):
    """Hands requests for one address to an application."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(request.url or "")
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        status, headers, content = call(
            self._app, request.method or "GET", parts.path, parts.query, request.headers, bytes(body)
        )
        answer = requests.Response()
        answer.status_code, answer.headers, answer.url = status, CaseInsensitiveDict(headers), request.url or ""
        answer.request, answer.raw = request, io.BytesIO(content)
        answer._content = content
        return answer

    def close(self) -> None:
        """There is nothing to close."""


class Relay:
    """A mail relay over a mailbox; ``lose_verdicts`` letters are kept and their sender never hears of it."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self.lose_verdicts = 0

    def connect(self, *_: object) -> "Conversation":
        """A conversation, or a refusal while the relay is down."""
        if self.box.mode == "down":
            raise ConnectionRefusedError
        return Conversation(self)


class Conversation:
    """The relay's side of SMTP, as a socket that answers at once."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._unread = bytearray(b"220 relay\r\n")
        self._typed = b""
        self._data = False
        self._from, self._to = "", [""][:0]

    def settimeout(self, _seconds: float | None) -> None:
        """It never lets anybody wait."""

    def setsockopt(self, *_option: int) -> None:
        """Nothing here waits for an acknowledgement."""

    def sendall(self, data: bytes) -> None:
        self._typed += data
        end = b"\r\n.\r\n" if self._data else b"\r\n"
        while end in self._typed:
            said, self._typed = self._typed.split(end, 1)
            if self._data:
                self._keep(said + b"\r\n")
            else:
                self._answer(said.decode())
            end = b"\r\n.\r\n" if self._data else b"\r\n"

    def makefile(self, _mode: str) -> "Conversation":
        return self

    def readline(self, _most: int = -1) -> bytes:
        line, _, rest = bytes(self._unread).partition(b"\r\n")
        found = bool(self._unread)
        self._unread = bytearray(rest)
        return line + b"\r\n" if found else b""

    def close(self) -> None:
        """The conversation ends."""

    def _answer(self, said: str) -> None:
        word = said.split(":", maxsplit=1)[0].upper()
        if word.startswith("MAIL"):
            self._from, self._to = said[said.index("<") + 1 : said.index(">")], []
        elif word.startswith("RCPT"):
            recipient = said[said.index("<") + 1 : said.index(">")]
            refusal = self._relay.box.refusal(self._from, recipient)
            if refusal:
                self._say(refusal)
                return
            self._to.append(recipient)
        elif word == "DATA":
            self._data = True
            self._say("354 go on")
            return
        self._say("221 bye" if word == "QUIT" else "250 relay")

    def _keep(self, letter: bytes) -> None:
        self._data = False
        self._relay.box.keep(self._from, tuple(self._to), letter.replace(b"\r\n..", b"\r\n."))
        if self._relay.lose_verdicts:
            self._relay.lose_verdicts -= 1
            self._unread.clear()
            return
        self._say("250 kept")

    def _say(self, words: str) -> None:
        self._unread += words.encode() + b"\r\n"


def hand_letters_to(relay: Relay) -> Callable[..., Conversation]:
    """What replaces ``smtplib.SMTP._get_socket``."""

    def get_socket(_self: smtplib.SMTP, *where: object) -> Conversation:
        return relay.connect(*where)

    return get_socket
