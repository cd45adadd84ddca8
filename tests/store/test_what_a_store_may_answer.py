"""Whatever a store answers, we know who should act, and whether something may have happened."""

import json

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from backorder.store.errors import (
    AccessLost,
    MissingScope,
    StoreBusy,
    StoreRefused,
    Throttled,
    TokenRefused,
)
from tests.store.answers import SERVED_BY, in_the_shop, says
from tests.store.cast import ENDPOINT, TOKEN, lamplight

ACTIVE_TAGS = {"tagsAdd": {"node": {"id": "gid://shopify/Order/1"}, "userErrors": []}}
NO_LOCATIONS = {"locations": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}
THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 152,
            "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 52, "restoreRate": 100.0},
        }
    },
}


def locations(sleep=None):
    return lamplight(sleep).locations()


def tag(sleep=None):
    lamplight(sleep).tags_add(1, ["waits"])


def test_a_throttled_query_waits_until_its_points_are_back_and_asks_again():
    says(THROTTLED)
    says({"data": NO_LOCATIONS})
    waits = []
    assert locations(waits.append) == ((), None)
    assert len(waits) == 1
    assert 1.0 <= waits[0] <= 1.25


def test_a_throttled_mutation_asks_again_too_because_it_did_nothing():
    says(THROTTLED)
    says({"data": ACTIVE_TAGS})
    waits = []
    tag(waits.append)
    assert len(waits) == 1


def test_a_store_that_stays_throttled_is_handed_back_to_the_caller():
    says(THROTTLED)
    waits = []
    with pytest.raises(Throttled) as busy:
        locations(waits.append)
    assert len(waits) == 2
    assert busy.value.retry_after == 1.0
    assert not busy.value.outcome_unknown


def test_a_throttled_answer_without_figures_still_says_when_to_come_back():
    says({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]})
    with pytest.raises(Throttled) as busy:
        locations(lambda _seconds: None)
    assert busy.value.retry_after > 0


def test_a_pause_asked_by_429_is_taken_and_the_query_repeated():
    says({"errors": "Too many"}, status=429, headers={"Retry-After": "2.0"})
    says({"data": NO_LOCATIONS})
    waits = []
    assert locations(waits.append) == ((), None)
    assert 2.0 <= waits[0] <= 2.25


def test_a_long_pause_is_the_callers_to_take():
    says({}, status=429, headers={"Retry-After": "30"})
    with pytest.raises(StoreBusy) as busy:
        locations()
    assert busy.value.retry_after == 30.0
    assert len(responses.calls) == 1


@pytest.mark.parametrize("odd", ["", "soon", "nan", "Wed, 21 Oct 2026 07:28:00 GMT", "inf"])
def test_an_odd_retry_after_is_a_short_pause(odd):
    says({}, status=429, headers={"Retry-After": odd})
    with pytest.raises(StoreBusy) as busy:
        tag()
    assert busy.value.retry_after == 1.0


def test_a_429_on_a_mutation_is_not_repeated_here_and_changed_nothing():
    says({}, status=429, headers={"Retry-After": "1"})
    with pytest.raises(StoreBusy) as busy:
        tag()
    assert not busy.value.outcome_unknown


def test_a_bad_gateway_page_on_a_query_is_asked_again():
    responses.add(responses.POST, ENDPOINT, body="<html>Bad gateway</html>", status=502)
    says({"data": NO_LOCATIONS})
    assert locations(lambda _seconds: None) == ((), None)


def test_a_bad_gateway_page_on_a_mutation_leaves_its_outcome_unknown():
    responses.add(responses.POST, ENDPOINT, body="<html>Bad gateway</html>", status=502)
    with pytest.raises(StoreBusy) as busy:
        tag()
    assert busy.value.outcome_unknown
    assert len(responses.calls) == 1


@pytest.mark.parametrize("torn", ['{"data": {"tagsAdd": {"no', "", "null", "[]", '"ok"', "{}"])
def test_a_torn_answer_to_a_mutation_leaves_its_outcome_unknown(torn):
    responses.add(responses.POST, ENDPOINT, body=torn)
    with pytest.raises(StoreBusy) as busy:
        tag()
    assert busy.value.outcome_unknown


def test_a_torn_answer_to_a_query_is_asked_again():
    responses.add(responses.POST, ENDPOINT, body='{"data": {"loca')
    says({"data": NO_LOCATIONS})
    assert locations(lambda _seconds: None) == ((), None)


@pytest.mark.parametrize(
    "lost",
    [requests.ReadTimeout(), requests.ConnectionError("reset by peer"), requests.exceptions.ChunkedEncodingError()],
)
def test_silence_after_a_mutation_leaves_its_outcome_unknown(lost):
    responses.add(responses.POST, ENDPOINT, body=lost)
    with pytest.raises(StoreBusy) as busy:
        tag()
    assert busy.value.outcome_unknown


@pytest.mark.parametrize(
    "unsent",
    [
        requests.ConnectTimeout(),
        requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused"))),
    ],
)
def test_a_mutation_that_never_left_us_changed_nothing(unsent):
    responses.add(responses.POST, ENDPOINT, body=unsent)
    with pytest.raises(StoreBusy) as busy:
        tag()
    assert not busy.value.outcome_unknown


def test_silence_after_a_query_is_handed_back_at_once():
    responses.add(responses.POST, ENDPOINT, body=requests.ReadTimeout())
    with pytest.raises(StoreBusy) as busy:
        locations()
    assert not busy.value.outcome_unknown


def test_a_failure_inside_the_store_leaves_a_mutation_unknown():
    says({"errors": [{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]})
    with pytest.raises(StoreBusy) as busy:
        tag()
    assert busy.value.outcome_unknown


def test_errors_beside_data_refuse_the_whole_answer():
    says({"data": NO_LOCATIONS, "errors": [{"message": "Half of it is missing", "path": ["locations", "nodes", 0]}]})
    with pytest.raises(StoreRefused, match="Half of it is missing") as refused:
        locations()
    assert refused.value.problems[0].field == ("locations", "nodes", "0")
    assert not refused.value.outcome_unknown


def test_errors_beside_the_data_of_a_mutation_say_that_it_may_have_happened():
    says({"data": ACTIVE_TAGS, "errors": [{"message": "A field of the answer failed"}]})
    with pytest.raises(StoreRefused) as refused:
        tag()
    assert refused.value.outcome_unknown


def test_a_mutation_that_failed_before_its_effect_is_known_to_have_failed():
    says({"data": {"tagsAdd": None}, "errors": [{"message": "Variable is invalid"}]})
    with pytest.raises(StoreRefused) as refused:
        tag()
    assert not refused.value.outcome_unknown


def test_an_answer_without_data_is_a_refusal():
    says({"data": None})
    with pytest.raises(StoreRefused):
        locations()


def test_a_user_error_is_a_refusal_although_the_status_is_200():
    said = {"node": None, "userErrors": [{"field": ["id"], "message": "Order does not exist"}]}
    says({"data": {"tagsAdd": said}})
    with pytest.raises(StoreRefused, match="Order does not exist") as refused:
        tag()
    assert refused.value.problems[0].field == ("id",)


def test_an_expired_token_asks_for_a_refresh():
    says({"errors": "[API] Invalid API key or access token"}, status=401)
    with pytest.raises(TokenRefused) as refused:
        locations()
    assert isinstance(refused.value, AccessLost)


@pytest.mark.parametrize("status", [402, 423])
def test_a_frozen_shop_is_lost_to_us(status):
    says({"errors": "Unavailable Shop"}, status=status)
    with pytest.raises(AccessLost) as lost:
        locations()
    assert not isinstance(lost.value, TokenRefused)


@pytest.mark.parametrize("status", [400, 403, 404, 406])
def test_any_other_status_is_a_refusal(status):
    says({"errors": "No"}, status=status)
    with pytest.raises(StoreRefused, match=str(status)):
        locations()


def test_a_missing_scope_is_named():
    denied = {
        "message": "Access denied for locations field.",
        "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_locations` access scope."},
    }
    says({"data": {"locations": None}, "errors": [denied]})
    with pytest.raises(MissingScope) as missing:
        locations()
    assert missing.value.scope == "read_locations"


def test_protected_data_without_a_grant_is_told_in_the_stores_own_words():
    denied = {
        "message": "This app is not approved to access the Order object.",
        "extensions": {"code": "ACCESS_DENIED"},
    }
    says({"data": {"locations": None}, "errors": [denied]})
    with pytest.raises(MissingScope, match="not approved to access the Order object"):
        locations()


def test_an_inactive_shop_is_lost_to_us():
    says({"errors": [{"message": "Shop is inactive", "extensions": {"code": "SHOP_INACTIVE"}}]})
    with pytest.raises(AccessLost):
        locations()


def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else():
    responses.add(responses.POST, ENDPOINT, status=307, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(StoreRefused, match="307"):
        locations()
    assert [call.request.url for call in responses.calls] == [ENDPOINT]


def test_a_request_has_limits_of_time_and_carries_the_token_only_in_its_header():
    in_the_shop(locations=NO_LOCATIONS["locations"])
    locations()
    request = responses.calls[0].request
    assert request.req_kwargs["timeout"] == (2.0, 10.0)
    assert request.headers["X-Shopify-Access-Token"] == TOKEN
    assert TOKEN not in request.url + json.dumps(json.loads(request.body))


def test_a_store_that_serves_a_younger_version_is_noticed_once(caplog):
    says({"data": NO_LOCATIONS}, headers={"X-Shopify-API-Version": "2026-10"})
    gateway = lamplight()
    gateway.locations()
    gateway.locations()
    assert [record.getMessage() for record in caplog.records] == [
        "the store answers with API version 2026-10 instead of 2026-07"
    ]


def test_the_right_version_is_not_worth_a_word(caplog):
    says({"data": NO_LOCATIONS}, headers=SERVED_BY)
    locations()
    assert not caplog.records


def test_the_query_points_that_are_left_are_known_to_the_caller():
    in_the_shop(locations=NO_LOCATIONS["locations"])
    gateway = lamplight()
    assert gateway.throttle is None
    gateway.locations()
    assert gateway.throttle is not None
    assert (gateway.throttle.available, gateway.throttle.restore_rate) == (1988.0, 100.0)


def test_no_error_prints_anything_or_tells_the_token(capfd):
    says({"errors": "[API] Invalid API key or access token"}, status=401)
    with pytest.raises(TokenRefused) as refused:
        locations()
    assert TOKEN not in repr(refused.value) + repr(lamplight()._client)
    assert capfd.readouterr() == ("", "")


def test_a_cookie_of_one_answer_is_not_in_the_next_request():
    says({"data": NO_LOCATIONS}, headers={"Set-Cookie": "shop=lamplight; Path=/"})
    gateway = lamplight()
    gateway.locations()
    gateway.locations()
    assert "Cookie" not in responses.calls[1].request.headers
