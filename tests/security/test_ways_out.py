"""No address of ours leads out of the app, and no answer repeats the host that a caller claims to have reached."""

from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask

import plugin.pages.bounce
from tests.plugin.cast import ALICE, bearer, session_token
from tests.security.addresses import guarded

OURS, EVIL = "https://promised.test", "evil.example"
ELSEWHERE = (
    f"https://{EVIL}",
    f"//{EVIL}",
    f"///{EVIL}",
    f"/\\{EVIL}",
    f"\\/{EVIL}",
    f"/\t/{EVIL}",
    f"/\r\n/{EVIL}",
    f"/\x00/{EVIL}",
    f" //{EVIL}",
    f"https:{EVIL}",
    f"@{EVIL}",
    f".{EVIL}",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "",
)
LEADING = ("shopify-reload", "return_to", "next", "redirect", "redirect_uri", "url", "host", "shop", "embedded")


def destination(answer) -> str:
    """Where a browser ends up that follows this answer."""
    return str(urlsplit(urljoin(f"{OURS}/", answer.headers.get("Location", "/"))).hostname)


@pytest.mark.parametrize("name", LEADING)
def test_no_parameter_sends_a_visitor_away(app, name):
    client = app.test_client()
    for elsewhere in ELSEWHERE:
        for path in ("/", "/variants", "/bounce", f"/{elsewhere.lstrip('/')}", "/static/x"):
            answer = client.get(quote(path), query_string={name: elsewhere, "id_token": "forged"})
            assert destination(answer) == "promised.test", f"{path} {name}={elsewhere!r}"
            assert "\n" not in answer.headers.get("Location", "")
            assert "Refresh" not in answer.headers


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_bounce_page_does_not_open_for_an_address_elsewhere(client, elsewhere):
    answer = client.get("/bounce", query_string={"shopify-reload": elsewhere})
    assert answer.status_code == 400
    assert "<script" not in answer.text


def test_a_bounce_page_that_asks_nothing_would_take_the_token_there(client, monkeypatch):
    """The damage: App Bridge goes where the parameter says, with a fresh token in the address."""
    monkeypatch.setattr(plugin.pages.bounce, "is_our_own_path", lambda _address: True)
    answer = client.get("/bounce", query_string={"shopify-reload": f"https://{EVIL}"})
    assert answer.status_code == 200
    assert "app-bridge.js" in answer.text


FORWARDED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "javascript",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Original-Url": "/api/home",
    "X-Rewrite-Url": "/api/home",
    "Forwarded": f"host={EVIL};proto=https",
    "X-Script-Name": f"//{EVIL}",
}


def test_the_host_that_a_caller_names_is_repeated_nowhere(app):
    client, good = app.test_client(), session_token(ALICE)
    paths = [address.path() for address in guarded(app) if address.method == "GET"]
    for path in [
        *paths,
        "/purchase-orders//new",
        "/variants/",
        "/nowhere",
        "/bounce?shopify-reload=/",
        "/api/openapi.json",
    ]:
        for query, headers in (({}, FORWARDED), ({"id_token": good}, FORWARDED), ({}, FORWARDED | bearer(ALICE))):
            answer = client.get(path, query_string=query if "?" not in path else None, headers=headers)
            assert EVIL not in answer.text, path
            assert EVIL not in str(answer.headers), path


def test_a_path_that_looks_like_a_host_is_a_path(client):
    answer = client.get("/", environ_overrides={"PATH_INFO": f"//{EVIL}/variants"})
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_merging_slashes_would_repeat_it():
    """The damage: left to itself, the framework redirects to the host that was named."""
    bare = Flask("bare")
    bare.add_url_rule("/purchase-orders/new", "new", lambda: "")
    answer = bare.test_client().get("/purchase-orders//new", headers=FORWARDED)
    assert answer.status_code == 308
    assert EVIL in answer.location


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"]
)
def test_a_header_does_not_change_the_method(client, alice, header):
    before = alice.get("/api/settings").json
    for method in ("PATCH", "DELETE"):
        answer = client.post("/api/settings", json={"handling_days": 9}, headers=bearer(ALICE) | {header: method})
        assert answer.status_code == 405
        assert client.get("/api/settings?_method=PATCH", headers=bearer(ALICE) | {header: method}).status_code in {
            200,
            422,
        }
    assert alice.get("/api/settings").json == before
