"""Collections, as the store tells them: found by their whole title, read a page at a time."""

from backorder.store.collections import CollectionPage, CollectionSeen
from tests.store.answers import connection, in_the_shop
from tests.store.cast import lamplight
from tests.store.shelf import gid


def test_a_collection_is_found_by_its_whole_title_whatever_its_case():
    titles = [*(f"Winter sale {number}" for number in range(60)), "Winter Sale"]
    found = [{"id": gid("Collection", 80 + at), "title": title} for at, title in enumerate(titles)]
    asked = in_the_shop(collections=connection(found))
    assert lamplight().collections("winter sale") == (CollectionSeen(140, "Winter Sale"),)
    assert asked[0]["query"] == 'title:"winter sale"'


def test_a_title_with_signs_of_the_search_is_searched_without_them():
    asked = in_the_shop(collections=connection([]))
    assert lamplight().collections('12" \\ lamps') == ()
    assert asked[0]["query"] == 'title:"12    lamps"'


def test_a_long_collection_comes_a_page_at_a_time():
    products = connection([{"id": gid("Product", number)} for number in range(1, 301)])
    in_the_shop(collection={"title": "Winter sale", "products": products})
    first = lamplight().collection(81)
    assert first is not None
    assert (first.title, len(first.products), first.cursor) == ("Winter sale", 250, "250")
    assert lamplight().collection(81, first.cursor) == CollectionPage("Winter sale", tuple(range(251, 301)), None)


def test_a_collection_that_is_gone_is_none():
    in_the_shop(collection=None)
    assert lamplight().collection(81) is None
