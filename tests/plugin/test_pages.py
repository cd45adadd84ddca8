"""The embedded pages, as they are served."""

import pytest

from backorder.store.errors import StoreBusy
from plugin.app import create_app
from tests.plugin.cast import ALICE, LAMP, SHADE, bearer, install, manage_goods, session_token

PAGES = [
    "/",
    "/backlog",
    "/variants",
    "/counts",
    "/purchase-orders",
    "/purchase-orders/new",
    "/purchase-orders/import",
    "/settings",
    "/settings/queue",
    "/settings/rules",
    "/settings/leave",
    "/health",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_where_the_reader_stands(alice, page):
    text = alice.get(page).text
    assert text.count("<h1>") == 1
    assert text.count('aria-current="page"') == 1


@pytest.mark.parametrize(
    "address",
    [
        "/variants?after=abc&managed=perhaps&search=%00%01",
        "/variants?after=99999999999999999999999999",
        "/variants?after=²",
        "/backlog?offset=-1&show=nothing",
        "/backlog?offset=9999999999999999999",
        "/purchase-orders?before=x",
        "/purchase-orders/new?variant=x&variant=-1&variant=987654321",
        "/?shop=%22%3E%3Cscript%3E&host=%00",
    ],
)
def test_a_page_is_forgiving_about_its_address(alice, address):
    assert alice.get(address).status_code == 200


def test_a_new_purchase_order_begins_with_the_variants_that_were_chosen(alice):
    text = alice.get(f"/purchase-orders/new?variant={SHADE.variant_id}&variant={LAMP.variant_id}").text
    assert f'<option value="{SHADE.variant_id}" selected>' in text
    assert f'<option value="{LAMP.variant_id}" selected>' in text


def test_a_search_that_finds_nothing_says_what_to_do(alice):
    text = alice.get("/variants?search=unicorn").text
    assert "Nothing is called “unicorn”" in text
    assert "Show all variants" in text


@pytest.mark.parametrize(
    ("query", "found", "way_on"),
    [
        ("managed=no", "Every variant is managed", "/variants"),
        ("managed=no&search=lamp", "No unmanaged variant is called “lamp”", "/variants?search=lamp"),
        ("managed=yes&search=unicorn", "No managed variant is called “unicorn”", "/variants?search=unicorn"),
        ("after=999999999", "No more variants", "/variants"),
        ("managed=yes&search=o&after=999999999", "No more variants", "/variants?search=o&amp;managed=yes"),
    ],
)
def test_a_filter_that_finds_nothing_says_so_and_does_not_say_that_there_is_nothing(
    alice, house, stage, query, found, way_on
):
    manage_goods(house, stage.alice, SHADE)
    text = alice.get(f"/variants?{query}").text
    assert found in text
    assert f'href="{way_on}">' in text[text.index(found) :]
    assert "No variants here yet" not in text
    assert "Nothing is called" not in text


@pytest.mark.parametrize("query", ["offset=50", "show=everything&offset=50", "search=lamp&offset=50"])
def test_who_stands_behind_the_end_of_a_backlog_that_became_shorter_is_not_told_that_nobody_waits(alice, query):
    text = alice.get(f"/backlog?{query}").text
    assert "Nothing more here" in text
    assert "Back to the first ones" in text
    assert 'role="search"' in text
    for untrue in ("Nobody waits", "The backlog is empty", "Nothing that waits has"):
        assert untrue not in text


def test_who_stands_behind_the_end_of_a_queue_that_became_shorter_is_led_back_to_its_head(alice):
    text = alice.get(f"/queues/{LAMP.item_id}?offset=50").text
    assert "Nobody more stands here" in text
    assert f'href="/queues/{LAMP.item_id}?location=1">Back to the first ones' in text
    assert "Ships by" not in text


@pytest.mark.parametrize(
    ("page", "next_step"),
    [
        ("/", "Choose variants"),
        ("/variants", "See how far it is"),
        ("/variants?managed=yes", "Show all variants"),
        ("/variants?managed=no", "See how far it is"),
        ("/purchase-orders", "New purchase order"),
        ("/purchase-orders/new", "See how far it is"),
        ("/backlog", "The backlog is empty"),
    ],
)
def test_an_empty_page_says_what_to_do_next(empty_house, page, next_step):
    install(empty_house, ALICE, "Lamplight")
    client = create_app(empty_house).test_client()
    assert next_step in client.get(page, headers=bearer(ALICE)).text


def test_a_store_that_does_not_let_the_app_in_is_said_in_a_sentence(client, monkeypatch):
    def busy(*_args):
        raise StoreBusy("the store is busy with token shpat_1", retry_after=2)

    monkeypatch.setattr("backorder.install.arrive", busy)
    answer = client.get("/", query_string={"id_token": session_token("carol-candles.myshopify.com")})
    assert answer.status_code == 503
    assert "open the app again" in answer.text
    assert "shpat" not in answer.text
