"""Two things to ask of a store, where only its answer matters: one that reads and one that changes."""

from backorder.store.client import ShopGraphQL
from backorder.store.http import open_http
from backorder.store.orders import MAY_LACK
from tests.store.cast import LAMPLIGHT, TOKEN, lamplight

TAGGED = {"tagsAdd": {"node": {"id": "gid://shopify/Order/1"}, "userErrors": []}}
NO_LOCATIONS = {"locations": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}


def locations(sleep=None):
    return lamplight(sleep).locations()


def tag(sleep=None):
    lamplight(sleep).tags_add(1, ["waits"])


def order():
    """What an order that may lack its customer amounts to."""
    client = ShopGraphQL(LAMPLIGHT, TOKEN, open_http())
    return client.execute("order", {"id": "gid://shopify/Order/1"}, MAY_LACK)["order"]
