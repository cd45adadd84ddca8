"""Two things to ask of a store, where only its answer matters: one that reads and one that changes."""

from tests.store.cast import lamplight

TAGGED = {"tagsAdd": {"node": {"id": "gid://shopify/Order/1"}, "userErrors": []}}
NO_LOCATIONS = {"locations": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}


def locations(sleep=None):
    return lamplight(sleep).locations()


def tag(sleep=None):
    lamplight(sleep).tags_add(1, ["waits"])
