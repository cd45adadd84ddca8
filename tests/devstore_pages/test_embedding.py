"""How the back office opens the app, and to whom it gives session tokens."""

import html
import re
from base64 import urlsafe_b64decode
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from devstore.seed import lamplight
from devstore.signing import query_hmac
from devstore.web import create_app
from devstore.world import World

from .cast import APP, DOMAIN, ORIGIN, SECRET


def launch(client, path="", query=""):
    page = client.get(f"{ORIGIN}/admin/apps/promised{path}{query}").text
    address = urlsplit(html.unescape(re.search(r'src="(http://localhost:5000[^"]*)"', page)[1]))
    return address, dict(parse_qsl(address.query, keep_blank_values=True))


def claims(token):
    return jwt.decode(token, SECRET, algorithms=["HS256"], audience=APP.client_id)


def test_the_first_load_carries_what_shopify_sends(client):
    address, query = launch(client)
    assert (address.netloc, address.path) == ("localhost:5000", "/")
    assert set(query) == {"embedded", "hmac", "host", "id_token", "locale", "shop", "timestamp"}
    padded = query["host"] + "=" * (-len(query["host"]) % 4)
    assert urlsafe_b64decode(padded).decode().endswith(f"{DOMAIN}/admin")
    told = [(key, value) for key, value in query.items() if key != "hmac"]
    assert query["hmac"] == query_hmac(SECRET, told)
    assert claims(query["id_token"])["dest"] == f"https://{DOMAIN}"


def test_a_page_of_the_app_is_opened_with_its_own_query(client):
    address, query = launch(client, "/orders/7", "?tab=why&shop=evil.myshopify.com&id_token=x")
    assert address.path == "/orders/7"
    assert query["tab"] == "why"
    assert query["shop"] == DOMAIN
    assert query["id_token"] != "x"


def test_opening_the_app_installs_it():
    world = World(APP)
    shop = lamplight(world)
    create_app(world).test_client().get(f"{ORIGIN}/admin/apps/promised")
    assert shop.installed is True


def test_every_token_is_a_fresh_one(client):
    tokens = [client.get(f"{ORIGIN}/admin/_id_token").json["token"] for _ in range(2)]
    assert claims(tokens[0])["jti"] != claims(tokens[1])["jti"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_token_is_for_the_back_offices_own_pages(client, site):
    answer = client.get(f"{ORIGIN}/admin/_id_token", headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    answer = client.get(f"{ORIGIN}/admin/_id_token", headers={"Origin": "http://localhost:5000"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_unknown_app_is_404(client):
    assert client.get(f"{ORIGIN}/admin/apps/another").status_code == 404


@pytest.mark.parametrize("address", ["/app-bridge.js", f"{ORIGIN}/app-bridge.js"])
def test_the_bridge_is_served_at_both_addresses(client, address):
    answer = client.get(address)
    assert "javascript" in answer.content_type
    answer.close()
