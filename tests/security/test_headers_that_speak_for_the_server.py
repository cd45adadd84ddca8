"""A proxy on this machine forwards what strangers write; no header of theirs becomes the server's own word."""

import io

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create

from promised.server import Server

HERE = ("127.0.0.1", 50_000)
STRANGERS = {
    "SCRIPT_NAME": "/elsewhere",
    "PATH_INFO": "/elsewhere/metrics",
    "REMOTE_ADDR": "10.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-For": "10.0.0.1",
    "Wsgi.url_scheme": "https",
}
DECIDE = ("SCRIPT_NAME", "PATH_INFO", "wsgi.url_scheme", "REMOTE_ADDR")


def received(cfg: Config, name: str = "", value: str = "") -> dict[str, str]:
    """What the app is told of a request with this header, by the server, with a proxy on this machine before it."""
    header = f"{name}: {value}\r\n" if name else ""
    raw = f"GET /elsewhere/healthz HTTP/1.1\r\nHost: promised.test\r\n{header}\r\n".encode()
    request = next(RequestParser(cfg, io.BytesIO(raw), HERE))
    _, environ = create(request, None, HERE, ("127.0.0.1", 5000), cfg)
    return {each: environ.get(each, "") for each in DECIDE}


@pytest.fixture
def ours() -> Config:
    return Server(5000, lambda: None).cfg  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(("name", "value"), STRANGERS.items(), ids=STRANGERS)
def test_a_strangers_header_changes_nothing_of_what_the_app_is_told(ours, name, value):
    assert received(ours, name, value) == received(ours)


def test_the_servers_own_defaults_would_believe_them():
    """The damage: the scheme, and the path itself."""
    trusting = Config()
    assert received(trusting, "X-Forwarded-Proto", "https")["wsgi.url_scheme"] == "https"
    assert received(trusting, "SCRIPT_NAME", "/elsewhere")["PATH_INFO"] == "/healthz"
