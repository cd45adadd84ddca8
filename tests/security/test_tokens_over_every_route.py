"""A session token that is forged or meant for something else opens no door, whichever address it is tried at."""

import base64
import json
from datetime import UTC, datetime

import pytest

import plugin.session
from backorder.store.credentials import SessionClaims, sessions
from tests.dice import DICE
from tests.plugin.cast import ALICE, BOB, bearer, session_token
from tests.security.addresses import guarded
from tests.security.forgeries import CUSTOMER, forgeries, ours

RETRY = "X-Shopify-Retry-Invalid-Session-Request"
FORGERIES = forgeries()
ALICES = ("Lamplight", "Aurora lamp", "PO-12", "#1001")
pytestmark = pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")


def got_in(app, token: str, which: slice = slice(None)) -> list[str]:
    """Where this token, as a bearer, was not simply refused: at every address, or at those in turn."""
    client, odd = app.test_client(), []
    for address in list(guarded(app))[which]:
        answer = client.open(
            address.path(), method=address.method, json={}, headers={"Authorization": f"Bearer {token}"}
        )
        refused = answer.status_code == 401 and answer.headers.get(RETRY) == "1"
        if not refused or any(word in answer.text for word in ALICES):
            odd.append(f"{address.name}: {answer.status_code}")
        elif address.is_api and address.method != "HEAD":
            assert answer.json["type"] == "urn:promised:problem:unauthenticated"
    return odd


@pytest.mark.long
def test_a_fetch_is_refused_at_every_address_with_a_token(app):
    """Each address is tried with every fourth of them, or with all (``DICE=10``): what comes to a door is the same."""
    apart = 1 if DICE > 1 else 4
    for number, (name, token) in enumerate(FORGERIES.items()):
        assert got_in(app, token, slice(number % apart, None, apart)) == [], f"a token {name}"


def test_a_document_is_sent_to_fetch_a_better_token(app):
    client = app.test_client()
    pages = [address for address in guarded(app) if not address.is_api and address.method == "GET"]
    assert len(pages) >= 8
    for name, token in FORGERIES.items():
        for address in pages[:: 1 if name.startswith("of a") else len(pages) - 1]:
            answer = client.get(address.path(), query_string={"id_token": token})
            assert answer.status_code == 302, f"{name}: {address.name}"
            assert answer.location.startswith("/bounce?")
            assert not token or token not in answer.location


def test_the_walk_meets_every_address(app):
    walked = {address.name for address in guarded(app)}
    assert {"PATCH /api/settings", "GET /", "OPTIONS /api/home", "HEAD /variants"} <= walked
    assert len(walked) >= 60


@pytest.mark.long
def test_without_the_check_every_forged_token_with_a_shop_gets_in(app, monkeypatch):
    """The damage: a door that reads a token without proving it."""

    def believing(raw, _key, _secrets, _now):
        said = raw.split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        return SessionClaims(told["dest"].removeprefix("https://"), str(told.get("sub")), None, None)

    monkeypatch.setattr(plugin.session, "session_token", believing)
    for name in (
        "of no algorithm",
        "signed with a wrong key",
        "expired",
        "for another app",
        "of a customer in checkout",
    ):
        assert len(got_in(app, FORGERIES[name])) > 50, name


@pytest.mark.parametrize(
    ("name", "check", "blind"),
    [
        ("that never ends", "_instant", lambda said, at: datetime.fromtimestamp(said.get(at, 2**33), UTC)),
        ("issued by another shop", "_shop", lambda said: said["dest"].removeprefix("https://")),
        ("of a customer, dressed as staff", "_staff", lambda said: said["sub"]),
    ],
)
def test_each_check_of_the_claims_is_needed(client, monkeypatch, name, check, blind):
    """With one check turned off, the token it stops is as good as any."""
    headers = {"Authorization": f"Bearer {FORGERIES[name]}"}
    assert client.get("/api/home", headers=headers).status_code == 401
    monkeypatch.setattr(sessions, check, blind)
    assert client.get("/api/home", headers=headers).status_code == 200


def test_a_token_counts_in_the_header_of_a_fetch_and_nowhere_else(app):
    good = session_token(ALICE)
    client = app.test_client()
    for address in guarded(app):
        if address.is_api:
            named = {"id_token": good, "session": good, "token": good, "authorization": f"Bearer {good}"}
            elsewhere = {"X-Authorization": f"Bearer {good}", "Cookie": f"token={good}", "Proxy-Authorization": good}
            answer = client.open(address.path(), method=address.method, query_string=named, headers=elsewhere)
            assert answer.status_code == 401, address.name


@pytest.mark.parametrize("pair", ["good and good", "good and forged", "forged and good"])
def test_two_authorization_headers_are_none(client, pair):
    tokens = [session_token(ALICE) if which == "good" else "forged" for which in pair.split(" and ")]
    answer = client.get("/api/home", headers=[("Authorization", f"Bearer {token}") for token in tokens])
    assert answer.status_code == 401


def test_the_shop_comes_from_the_token_whatever_else_names_another(client):
    named = {"X-Shopify-Shop-Domain": BOB, "Host": BOB, "Origin": f"https://{BOB}", "Referer": f"https://{BOB}/admin"}
    cookie = {"Cookie": f"shop={BOB}; shopify_app_session={BOB}"}
    answer = client.get("/api/home", headers=bearer(ALICE) | named | cookie)
    assert answer.json["shop_name"] == "Lamplight"
    host = base64.b64encode(f"admin.shopify.com/store/{BOB}".encode()).decode()
    for name, value in {"shop": BOB, "host": host, "dest": f"https://{BOB}", "shop_id": "2"}.items():
        text = client.get("/", query_string={name: value, "id_token": session_token(ALICE)}).text
        assert "Lamplight" in text
        assert "Bikes" not in text


def test_a_shop_that_has_not_installed_the_app_is_told_so_at_every_address(app):
    client = app.test_client()
    headers = bearer("somebody-new.myshopify.com")
    for address in guarded(app):
        answer = client.open(address.path(), method=address.method, headers=headers, json={})
        assert answer.status_code == 403, address.name


def test_a_good_token_gets_in(client):
    """The forgers' clay is a good token: unchanged, it opens the door."""
    answer = client.get("/api/home", headers={"Authorization": f"Bearer {ours()}"})
    assert answer.json["shop_name"] == "Lamplight"
    assert CUSTOMER not in answer.text
