"""Who calls is what a session token proves, and nothing else."""

import time

import pytest

from backorder.clock import transport_now
from backorder.db import shops
from tests.plugin.cast import ALICE, BOB, NOW, OLD_SECRET, bearer, session_token

RETRY = "X-Shopify-Retry-Invalid-Session-Request"
LONG_AGO = int(time.time()) - 600
FORGED = {
    "no token": "",
    "no token at all": "alice",
    "signed by a stranger": session_token(ALICE, secret="a stranger's secret ".ljust(64, "!")),
    "signed by nobody": session_token(ALICE, secret="", algorithm="none"),
    "another algorithm": session_token(ALICE, algorithm="HS512"),
    "expired": session_token(ALICE, exp=LONG_AGO),
    "without an end": session_token(ALICE, exp=None),
    "without a beginning": session_token(ALICE, nbf=None),
    "not yet valid": session_token(ALICE, nbf=int(time.time()) + 600),
    "for another app": session_token(ALICE, aud="another-app"),
    "issued by another shop": session_token(ALICE, iss=f"https://{BOB}/admin"),
    "for no shop": session_token("evil.example.com"),
    "for a shop like ours": session_token("alice-lamplight.myshopify.com.evil.example.com"),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_a_fetch_without_a_good_token_is_refused_and_app_bridge_tries_again(client, token):
    answer = client.get("/api/home", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers[RETRY] == "1"
    assert answer.json["type"] == "urn:promised:problem:unauthenticated"
    assert "Lamplight" not in answer.text


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_a_document_without_a_good_token_is_sent_to_the_bounce_page(client, token):
    answer = client.get("/variants", query_string={"shop": ALICE, "host": "aG9zdA", "id_token": token})
    assert answer.status_code == 302
    assert answer.location == (
        f"/bounce?shop={ALICE}&host=aG9zdA&shopify-reload=%2Fvariants%3Fshop%3D{ALICE}%26host%3DaG9zdA"
    )


def test_a_good_token_lets_its_own_shop_in(client):
    """The negative control of the guards above: the same requests, with a good token."""
    assert client.get("/api/home", headers=bearer(ALICE)).json["shop_name"] == "Lamplight"
    assert "Lamplight" in client.get("/", query_string={"id_token": session_token(ALICE)}).text


def test_a_token_signed_with_the_previous_secret_is_good_while_secrets_rotate(client):
    assert client.get("/api/home", headers=bearer(ALICE, secret=OLD_SECRET)).status_code == 200


def test_the_shop_in_the_address_is_only_decoration(client):
    answer = client.get("/", query_string={"shop": BOB, "id_token": session_token(ALICE)})
    assert "Lamplight" in answer.text
    assert "Bikes" not in answer.text


def test_another_scheme_than_bearer_is_no_token(client):
    answer = client.get("/api/home", headers={"Authorization": f"Basic {session_token(ALICE)}"})
    assert answer.status_code == 401


def test_a_shop_that_never_installed_the_app_sees_that_it_has_to(client):
    answer = client.get("/api/home", headers=bearer("somebody-new.myshopify.com"))
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:promised:problem:not-installed"


def test_a_shop_that_left_is_shut_out(client, stage):
    with stage.house.db.write() as tx:
        shops.leave(tx, stage.alice.shop_id, NOW)
    assert client.get("/api/home", headers=bearer(ALICE)).status_code == 403
    assert client.get("/api/home", headers=bearer(BOB)).status_code == 200


def test_a_fragment_of_a_page_is_fetched_with_a_bearer_and_refused_like_any_fetch(client):
    assert "Lamplight" in client.get("/", headers=bearer(ALICE)).text
    refused = client.get("/", headers={"Authorization": "Bearer stale"})
    assert refused.status_code == 401
    assert refused.headers[RETRY] == "1"


def test_the_bounce_page_holds_nothing_but_app_bridge(client):
    answer = client.get("/bounce", query_string={"shopify-reload": "/variants?shop=x"})
    assert answer.status_code == 200
    assert '<script src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>' in answer.text
    assert "<body></body>" in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    ["", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"],
)
def test_the_bounce_page_hands_the_token_to_nobody_else(client, elsewhere):
    answer = client.get("/bounce", query_string={"shopify-reload": elsewhere})
    assert answer.status_code == 400
    assert "app-bridge" not in answer.text


def test_a_first_visit_installs_the_app(client, stage, monkeypatch):
    """The exchange itself is tested with the install verb; here: the door hands on whom it verified, and the token."""
    came = []

    def arrive(house, claims, id_token, now):
        came.append((claims.shop, id_token, now))
        return house.db.run(lambda tx: shops.install(tx, claims.shop, now))

    monkeypatch.setattr("backorder.install.arrive", arrive)
    token = session_token("carol-candles.myshopify.com")
    assert client.get("/", query_string={"id_token": token}).status_code == 200
    assert came == [("carol-candles.myshopify.com", token, NOW)]


def test_the_token_is_not_repeated_in_the_page(client):
    token = session_token(ALICE)
    assert token not in client.get("/", query_string={"id_token": token}).text


def test_tokens_end_with_transport_time_whatever_the_business_clock_says(client, stage):
    assert abs((stage.house.clock.now() - transport_now()).total_seconds()) > 60
    assert client.get("/api/home", headers=bearer(ALICE)).status_code == 200
