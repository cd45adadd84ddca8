"""One process, many shops: a token never travels to another shop's address."""

import json
from threading import Barrier, Thread

import responses
import shopify

from backorder.store.gateway import Gateway
from backorder.store.http import open_http
from tests.store.cast import CHAIRWORKS, LAMPLIGHT

TOKENS = {LAMPLIGHT: "shpat_lamplight", CHAIRWORKS: "shpat_chairworks"}
ROUNDS = 25


def test_two_shops_served_by_two_threads_over_one_session_never_mix_tokens():
    seen = []

    def answer(request):
        seen.append((request.url.split("/")[2], request.headers["X-Shopify-Access-Token"]))
        page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        return 200, {}, json.dumps({"data": {"locations": page}})

    for shop in TOKENS:
        responses.add_callback(responses.POST, f"https://{shop}/admin/api/2026-07/graphql.json", answer)
    http, together = open_http(), Barrier(2)

    def work(shop):
        for _ in range(ROUNDS):
            together.wait(timeout=5)
            Gateway(shop, TOKENS[shop], http).locations()

    threads = [Thread(target=work, args=(shop,)) for shop in TOKENS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(seen) == 2 * ROUNDS
    assert set(seen) == set(TOKENS.items())


def test_the_librarys_own_client_would_have_mixed_them():
    """Why ours is given its shop and token: the library takes both from whatever session is active at that moment."""
    try:
        shopify.ShopifyResource.activate_session(shopify.Session(LAMPLIGHT, "2024-10", TOKENS[LAMPLIGHT]))
        ours = shopify.GraphQL()
        shopify.ShopifyResource.activate_session(shopify.Session(CHAIRWORKS, "2024-10", TOKENS[CHAIRWORKS]))
        assert LAMPLIGHT in ours.endpoint
        assert ours.headers["X-Shopify-Access-Token"] == TOKENS[CHAIRWORKS]
    finally:
        shopify.ShopifyResource.clear_session()
        shopify.ShopifyResource.site = None


def test_the_library_session_plays_no_part_in_ours():
    shopify.ShopifyResource.clear_session()
    client = Gateway(LAMPLIGHT, TOKENS[LAMPLIGHT], open_http())._client
    assert client.endpoint == f"https://{LAMPLIGHT}/admin/api/2026-07/graphql.json"


def test_a_development_store_is_reached_at_its_own_origin():
    client = Gateway(LAMPLIGHT, "t", open_http(), template="http://127.0.0.1:4010/{shop}")._client
    assert client.endpoint == f"http://127.0.0.1:4010/{LAMPLIGHT}/admin/api/2026-07/graphql.json"
