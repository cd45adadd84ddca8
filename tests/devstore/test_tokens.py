"""Access tokens: bought, used, renewed, and dead when the app is removed."""

from datetime import timedelta

import jwt
import pytest

from devstore.installation import open_app, uninstall
from devstore.signing import mint_id_token
from tests.devstore.conftest import EXCHANGE, Admin, told

SHOP = "{ shop { name } }"


def renew(client, shop, refresh_token, **changes):
    body = {
        "client_id": EXCHANGE["client_id"],
        "client_secret": EXCHANGE["client_secret"],
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        **changes,
    }
    return client.post(f"/{shop.domain}/admin/oauth/access_token", json=body)


def is_spent(answer):
    """As the platform says it: under a word that may mean anything, with a sentence."""
    said = {"error": "invalid_request", "error_description": "This request requires an active refresh_token"}
    return (answer.status_code, answer.json) == (401, said)


def test_a_session_token_buys_an_expiring_offline_token(exchange):
    answer = exchange()
    assert answer.status_code == 200
    assert answer.json["expires_in"] == 3600
    assert answer.json["refresh_token_expires_in"] == 90 * 86400
    assert "write_orders" in answer.json["scope"].split(",")


def test_opening_the_app_installs_it_with_its_scopes_and_definitions(shop, world):
    assert shop.installed
    assert shop.granted == world.app.scopes
    assert [each.key for each in shop.definitions.values()] == ["backorder"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"expiring": 0}, "invalid_request"),
        ({"requested_token_type": "urn:shopify:params:oauth:token-type:online-access-token"}, "invalid_request"),
        ({"subject_token": "x.y.z"}, "invalid_subject_token"),
        ({"subject_token": ""}, "invalid_subject_token"),
    ],
)
def test_what_is_not_in_order_buys_nothing(exchange, shop, changes, error):
    answer = exchange(**changes)
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert not shop.tokens


def test_a_session_token_that_is_old_buys_nothing(exchange, shop, world, machine):
    stale = open_app(world, shop)
    machine.pass_seconds(71)
    assert exchange(subject_token=stale).json["error"] == "invalid_subject_token"


def test_a_session_token_of_another_shop_buys_nothing(exchange, world, machine):
    foreign = mint_id_token(world.app, "stranger.myshopify.com", machine.time)
    assert exchange(subject_token=foreign).json["error"] == "invalid_subject_token"


def test_a_session_token_signed_with_another_secret_buys_nothing(exchange, world, shop):
    claims = jwt.decode(open_app(world, shop), options={"verify_signature": False})
    forged = jwt.encode(claims, "another-secret-that-is-long-enough-too", algorithm="HS256")
    assert exchange(subject_token=forged).json["error"] == "invalid_subject_token"


def test_a_session_token_without_a_signature_buys_nothing(exchange, world, shop):
    claims = jwt.decode(open_app(world, shop), options={"verify_signature": False})
    bare = jwt.encode(claims, "", algorithm="none")
    assert exchange(subject_token=bare).json["error"] == "invalid_subject_token"


def test_an_access_token_works_for_an_hour(admin, machine):
    machine.pass_seconds(3599)
    assert admin.get(SHOP) == {"shop": {"name": "Lamplight"}}
    machine.pass_seconds(1)
    assert admin.post(SHOP).status_code == 401


def test_a_token_that_was_never_given_is_unauthorized(client, shop):
    assert Admin(client, shop, "shpat_guess").post(SHOP).status_code == 401
    assert Admin(client, shop, "").post(SHOP).status_code == 401


def test_moving_business_time_does_not_age_a_token(admin, world):
    world.clock.advance(30 * 86400)
    assert admin.get(SHOP)


def test_a_refresh_token_rotates(client, shop, exchange):
    first = exchange().json
    second = renew(client, shop, first["refresh_token"]).json
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]


def test_the_old_refresh_token_is_good_until_the_new_access_token_is_used(client, shop, exchange):
    old = exchange().json["refresh_token"]
    renew(client, shop, old)
    second = renew(client, shop, old)
    assert second.status_code == 200
    Admin(client, shop, second.json["access_token"]).get(SHOP)
    assert is_spent(renew(client, shop, old))
    assert renew(client, shop, second.json["refresh_token"]).status_code == 200


def test_renewing_does_not_lengthen_the_ninety_days(client, shop, exchange, machine):
    first = exchange().json
    machine.pass_seconds(timedelta(days=80).total_seconds())
    second = renew(client, shop, first["refresh_token"]).json
    assert second["refresh_token_expires_in"] == timedelta(days=10).total_seconds()
    machine.pass_seconds(timedelta(days=10).total_seconds())
    assert is_spent(renew(client, shop, second["refresh_token"]))


def test_a_made_up_refresh_token_is_refused_as_one_that_ended(client, shop, exchange):
    exchange()
    assert is_spent(renew(client, shop, "shprt_guess"))
    assert is_spent(renew(client, shop, ""))


def test_removing_the_app_kills_its_tokens_before_it_is_told(admin, world, shop):
    uninstall(world, shop)
    assert admin.post(SHOP).status_code == 401
    assert told(world) == ["app/uninstalled"]


def test_a_session_token_from_before_the_removal_does_not_bring_the_app_back(exchange, world, shop, machine):
    before = open_app(world, shop)
    machine.pass_seconds(5)
    uninstall(world, shop)
    assert exchange(subject_token=before).json["error"] == "application_cannot_be_found"
    machine.pass_seconds(5)
    after = mint_id_token(world.app, shop.domain, machine.time)
    assert exchange(subject_token=after).status_code == 200
    assert shop.installed
