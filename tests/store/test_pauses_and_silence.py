"""A store that is busy, broken or silent: when to come back, and whether something may have happened."""

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from backorder.store.errors import StoreBusy, Throttled
from tests.store.answers import says
from tests.store.asking import NO_LOCATIONS, TAGGED, locations, tag
from tests.store.cast import ENDPOINT

THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 152,
            "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 52, "restoreRate": 100.0},
        }
    },
}


def test_a_throttled_query_waits_until_its_points_are_back_and_asks_again():
    says(THROTTLED)
    says({"data": NO_LOCATIONS})
    waits = []
    assert locations(waits.append) == ((), None)
    assert len(waits) == 1
    assert 1.0 <= waits[0] <= 1.25


def test_a_throttled_mutation_asks_again_too_because_it_did_nothing():
    says(THROTTLED)
    says({"data": TAGGED})
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
