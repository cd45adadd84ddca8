"""Requests that the store forwards to the app, in its own name."""

from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from devstore.signing import proxy_signature

from .cast import DOMAIN, ORIGIN, SECRET


@pytest.fixture
def app_answers():
    with responses.RequestsMock() as mock:
        yield mock


def asked(mock):
    return parse_qsl(urlsplit(mock.calls[0].request.url).query, keep_blank_values=True)


def test_the_app_sees_a_signed_request(client, app_answers):
    app_answers.get("http://localhost:5000/proxy/o/abc", body="<p>Hello</p>", content_type="text/html")
    answer = client.get(f"{ORIGIN}/apps/promised/o/abc?page=2&page=3")
    assert answer.text == "<p>Hello</p>"
    pairs = asked(app_answers)
    signature = dict(pairs)["signature"]
    assert signature == proxy_signature(SECRET, [pair for pair in pairs if pair[0] != "signature"])
    assert dict(pairs)["shop"] == DOMAIN
    assert dict(pairs)["path_prefix"] == "/apps/promised"
    assert [value for key, value in pairs if key == "page"] == ["2", "3"]


def test_a_visitor_cannot_speak_in_the_stores_name(client, app_answers):
    app_answers.get("http://localhost:5000/proxy", body="")
    client.get(f"{ORIGIN}/apps/promised?shop=evil.myshopify.com&logged_in_customer_id=1&signature=x&timestamp=1")
    pairs = asked(app_answers)
    assert [value for key, value in pairs if key == "shop"] == [DOMAIN]
    assert [value for key, value in pairs if key == "logged_in_customer_id"] == [""]
    assert len([key for key, _ in pairs if key == "signature"]) == 1


def test_a_form_goes_through_and_cookies_do_not(client, app_answers):
    app_answers.post(
        "http://localhost:5000/proxy/answer",
        headers={"Set-Cookie": "a=b"},
        status=201,
    )
    client.set_cookie("cart", "mine")
    answer = client.post(f"{ORIGIN}/apps/promised/answer", data={"choice": "wait"})
    assert answer.status_code == 201
    assert app_answers.calls[0].request.body == b"choice=wait"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in app_answers.calls[0].request.headers


def test_an_app_that_is_down_is_a_bad_gateway(client, app_answers):
    app_answers.get("http://localhost:5000/proxy", body=requests.ConnectionError("refused"))
    assert client.get(f"{ORIGIN}/apps/promised").status_code == 502


def test_an_undeclared_path_is_not_forwarded(client):
    assert client.get(f"{ORIGIN}/apps/somebody-else").status_code == 404
