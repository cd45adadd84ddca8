"""How every answer leaves, whatever it is: framed by its own shop alone, run by no stranger's script, kept by no cache."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from plugin.app import create_app
from tests.plugin.cast import ALICE, BOB, bearer, session_token
from tests.plugin.conftest import settings
from tests.security.addresses import guarded

STRANGE = (
    "evil.example",
    f"{ALICE}.evil.example",
    "*.myshopify.com",
    f"{ALICE}; script-src *",
    f"{ALICE} evil.example",
)


def policy(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def answers(app, query: dict[str, str]) -> Iterator[tuple[str, object]]:
    """An answer of every kind: each address, and each kind of error, as a page and to a program."""
    client = app.test_client()
    paths = {address.path(): address.method for address in guarded(app) if address.method == "GET"}
    paths |= {"/nowhere": "GET", "/api/nowhere": "GET", "/orders/999": "GET", "/settings": "DELETE", "/bounce": "GET"}
    paths |= {"/healthz": "GET", "/readyz": "GET", "/metrics": "GET", "/api/openapi.json": "GET", "/webhooks": "GET"}
    for path, method in paths.items():
        yield f"{method} {path}", client.open(path, method=method, query_string=query)
        yield f"{method} {path} as a fragment", client.open(path, method=method, headers=bearer(ALICE))
    yield "a good bounce", client.get("/bounce", query_string={**query, "shopify-reload": "/variants"})


def faults(named: str, answer) -> list[str]:
    """What is wrong with how an answer leaves."""
    found = []
    told = policy(answer) if "Content-Security-Policy" in answer.headers else {}
    if told.get("default-src") != "'none'":
        found.append("runs what it likes")
    if "unsafe" in str(told) or "*" in str(told):
        found.append("allows what is unsafe")
    if answer.mimetype != "text/html" and told.get("frame-ancestors") != "'none'":
        found.append("is framed though it is no page")
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Strict-Transport-Security": "max-age=31536000",
    }.items():
        if answer.headers.get(name) != value:
            found.append(f"has no {name}")
    if "Set-Cookie" in answer.headers:
        found.append("sets a cookie")
    return [f"{named} ({answer.status_code}) {fault}" for fault in found]


def all_faults(app, query: dict[str, str]) -> list[str]:
    return [fault for named, answer in answers(app, query) for fault in faults(named, answer)]


def test_every_answer_leaves_sealed(app):
    assert all_faults(app, {"id_token": session_token(ALICE), "shop": ALICE}) == []
    assert all_faults(app, {}) == []


def test_an_answer_that_is_not_sealed_would_be_noticed(app):
    """Once around, with all four taken off: each is missed at every address."""

    def unsealed(answer):
        for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"):
            answer.headers.pop(header, None)
        return answer

    app.after_request_funcs[None].insert(0, unsealed)
    found = all_faults(app, {})
    for missed in ("runs what it likes", "no X-Content-Type-Options", "no Referrer-Policy", "no Cache-Control"):
        assert sum(fault.endswith(missed) for fault in found) > 30


def framed_by(answer) -> str:
    return policy(answer)["frame-ancestors"]


def test_a_page_is_framed_by_its_verified_shop_and_never_by_one_that_is_only_named(app):
    """Errors too: whatever is answered to Alice's token is framed by Alice's admin alone."""
    client = app.test_client()
    for address in guarded(app):
        if not address.is_api and address.method == "GET":
            query = {"shop": BOB, "id_token": session_token(ALICE)}
            answer = client.get(address.path(), query_string=query)
            assert framed_by(answer) == f"https://{ALICE} https://admin.shopify.com", address.name


def test_an_answer_with_nothing_of_anybody_is_framed_by_the_shop_that_is_named(client):
    for path in ("/bounce?shopify-reload=/&", "/nowhere?", "/bounce?"):
        assert framed_by(client.get(f"{path}shop={ALICE}")) == f"https://{ALICE} https://admin.shopify.com"


@pytest.mark.parametrize("path", ["/nowhere", "/bounce", "/bounce?shopify-reload=/"])
def test_where_no_shop_is_known_nobody_frames(client, path):
    assert framed_by(client.get(path)) == "'none'"


@pytest.mark.parametrize("name", STRANGE)
def test_a_name_that_is_no_shop_is_nobody(client, name):
    answer = client.get("/nowhere", query_string={"shop": name})
    assert framed_by(answer) == "'none'"
    assert framed_by(client.get(f"/nowhere?shop={ALICE}&shop={BOB}")) == "'none'"


def test_a_name_that_was_believed_would_write_its_own_policy(client, monkeypatch):
    """The damage: the named shop, taken as it comes."""
    monkeypatch.setattr("plugin.session.shop_domain", lambda text: text)
    answer = client.get("/nowhere", query_string={"shop": STRANGE[3]})
    assert "script-src *" in answer.headers["Content-Security-Policy"]


def test_an_unexpected_error_leaves_sealed_and_says_nothing_of_its_cause(app, monkeypatch):
    def breaks(*_args: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("plugin.shown.home.of_shop", breaks)
    for answer in (
        app.test_client().get("/", query_string={"id_token": session_token(ALICE)}),
        app.test_client().get("/api/home", headers=bearer(ALICE)),
    ):
        assert answer.status_code == 500
        assert "inside" not in answer.text
        assert faults("an error", answer) == []


def test_an_app_without_https_asks_no_browser_for_it(house, tmp_path):
    """A proxy ends TLS; the header is ours all the same, because APP_URL says what the world sees."""
    there = settings(tmp_path, app_url="http://localhost:5000")
    answer = create_app(replace(house, settings=there)).test_client().get("/healthz")
    assert "Strict-Transport-Security" not in answer.headers
