"""Who may read the figures: whoever carries ``METRICS_TOKEN``; without one, only this machine itself."""

import hmac
import ipaddress
from urllib.parse import urlsplit

from flask import request

from backorder.config import Settings
from plugin.problems import Kind, Problem

# A proxy on this machine brings the whole world to the loopback; these are the marks it leaves.
MARKS_OF_A_PROXY = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")
_SCHEME = "Bearer "


def admit_operator(settings: Settings) -> None:
    """Let a request for figures through. Raises Problem (401) for anybody else."""
    token = settings.metrics_token
    admitted = _asked_on_this_machine(settings) if token is None else _carries(token.get_secret_value())
    if not admitted:
        detail = "Send the token of METRICS_TOKEN as a bearer."
        raise Problem(Kind.OPERATORS_ONLY, detail, headers={"WWW-Authenticate": 'Bearer realm="promised figures"'})


def _carries(token: str) -> bool:
    """Compares bytes, in constant time; a header that is missing or no ASCII is simply not the token."""
    sent = request.headers.get("Authorization", "")
    return hmac.compare_digest(sent.encode("ascii", "replace"), (_SCHEME + token).encode())


def _asked_on_this_machine(settings: Settings) -> bool:
    """A loopback peer that no proxy speaks for, and that does not ask for the address outside."""
    if any(mark in request.headers for mark in MARKS_OF_A_PROXY):
        return False
    outside = urlsplit(settings.app_url).hostname or ""
    return _is_loopback(request.remote_addr or "") and (_host() != outside or _is_loopback(outside))


def _host() -> str:
    return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
