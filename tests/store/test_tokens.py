"""Tokens are fetched with two requests of ours, and kept out of everything that is printed."""

import json

import pytest
import requests
import responses

from backorder.store.errors import AccessLost, IdTokenRefused, StoreBusy, StoreRefused
from backorder.store.http import open_http
from backorder.store.tokens import Tokens, exchange, refresh
from tests.store.cast import KEY, LAMPLIGHT, SECRET, TOKENS_AT

ORIGIN = f"https://{LAMPLIGHT}"
PAIR = {
    "access_token": "shpat_new",
    "scope": "write_products,read_locations",
    "expires_in": 3599,
    "refresh_token": "shprt_new",
    "refresh_token_expires_in": 7_775_999,
}


def the_store_says(body=None, **how):
    responses.add(responses.POST, TOKENS_AT, json=body, **how)


def exchanged() -> Tokens:
    return exchange(open_http(), ORIGIN, KEY, SECRET, "an-id-token")


def refreshed() -> Tokens:
    return refresh(open_http(), ORIGIN, KEY, SECRET, "shprt_old")


def test_a_session_token_is_exchanged_for_an_expiring_offline_token():
    the_store_says(PAIR)
    tokens = exchanged()
    assert tokens == Tokens("shpat_new", 3599, "shprt_new", 7_775_999, frozenset({"write_products", "read_locations"}))
    assert json.loads(responses.calls[0].request.body) == {
        "client_id": KEY,
        "client_secret": SECRET,
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "an-id-token",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": "1",
    }


def test_a_refresh_token_brings_the_next_pair():
    the_store_says(PAIR)
    assert refreshed().refresh == "shprt_new"
    assert json.loads(responses.calls[0].request.body) == {
        "client_id": KEY,
        "client_secret": SECRET,
        "grant_type": "refresh_token",
        "refresh_token": "shprt_old",
    }


NOT_ACTIVE = {"error": "invalid_request", "error_description": "This request requires an active refresh_token"}


@pytest.mark.parametrize(
    ("said", "status"),
    [(NOT_ACTIVE, 401), ({"error": "invalid_grant"}, 400), ({"error": "application_cannot_be_found"}, 400)],
    ids=["not active", "the OAuth word", "the app was removed"],
)
def test_a_spent_refresh_token_means_that_access_is_lost(said, status):
    the_store_says(said, status=status)
    with pytest.raises(AccessLost, match="next visit brings new access"):
        refreshed()


def test_a_request_that_is_wrong_otherwise_leaves_the_refresh_token_as_it_is():
    the_store_says({**NOT_ACTIVE, "error_description": "The request is missing a parameter"}, status=401)
    with pytest.raises(StoreRefused, match="401 invalid_request"):
        refreshed()


@pytest.mark.parametrize("status", [402, 404, 423])
def test_a_shop_that_is_closed_gives_no_token(status):
    responses.add(responses.POST, TOKENS_AT, body="<html>closed</html>", status=status)
    with pytest.raises(AccessLost):
        refreshed()


def test_a_session_token_that_is_too_old_can_be_replaced_by_the_next_visit():
    the_store_says({"error": "invalid_subject_token"}, status=400)
    with pytest.raises(IdTokenRefused):
        exchanged()


def test_a_wrong_app_secret_is_the_operators_affair_and_costs_no_shop_its_access():
    the_store_says({"error": "invalid_client"}, status=401)
    with pytest.raises(StoreRefused, match="401 invalid_client"):
        refreshed()


@pytest.mark.parametrize("missing", sorted(PAIR))
def test_a_token_that_does_not_expire_or_cannot_be_refreshed_is_not_taken(missing):
    the_store_says({name: value for name, value in PAIR.items() if name != missing})
    with pytest.raises(StoreRefused):
        exchanged()


def test_an_answer_that_is_no_object_is_not_taken():
    the_store_says(["shpat_new"])
    with pytest.raises(StoreRefused):
        exchanged()


def test_a_torn_answer_is_asked_for_again_later():
    responses.add(responses.POST, TOKENS_AT, body='{"access_token": "shpat_n')
    with pytest.raises(StoreBusy) as busy:
        refreshed()
    assert busy.value.outcome_unknown


def test_a_lost_answer_leaves_the_refresh_token_in_doubt():
    responses.add(responses.POST, TOKENS_AT, body=requests.ReadTimeout())
    with pytest.raises(StoreBusy) as busy:
        refreshed()
    assert busy.value.outcome_unknown


def test_a_pause_is_passed_on():
    the_store_says({}, status=429, headers={"Retry-After": "7"})
    with pytest.raises(StoreBusy) as busy:
        refreshed()
    assert busy.value.retry_after == 7.0


def test_a_pair_does_not_show_itself():
    the_store_says(PAIR)
    assert "shp" not in repr(exchanged())


def test_a_refusal_tells_no_secret():
    the_store_says({"error": "invalid_request", "error_description": f"bad {SECRET}"}, status=400)
    with pytest.raises(StoreRefused) as refused:
        refreshed()
    assert SECRET not in str(refused.value)
    assert "shprt_old" not in str(refused.value)
