"""What goes over the wire besides the question, and what is noticed beside the answer."""

import json

import pytest
import responses

from backorder.store.errors import TokenRefused
from tests.store.answers import SERVED_BY, in_the_shop, says
from tests.store.asking import NO_LOCATIONS, locations
from tests.store.cast import TOKEN, lamplight


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
