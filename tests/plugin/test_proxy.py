"""What a storefront asks at the shop's own address: signed, counted, about goods and never about a person."""

import hmac
from base64 import b64encode, urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from backorder import manage
from backorder.clock import transport_now
from backorder.db import offers
from backorder.keys import signing_key
from backorder.rules.evidence import DAY, PURPOSE, TOKEN, Verdict, judge
from backorder.rules.seen import Policy
from backorder.store.credentials import CallerRefused, proxy_signed, webhook_signed
from plugin.proxy import OF_A_SHOP, OF_A_VISITOR
from plugin.window import SECONDS, Window
from tests.plugin.cast import ALICE, BOB, CHAIR, LAMP, NOW, OLD_SECRET, SECRET, SHADE, purchase_order, stock


def signed(secret: str = SECRET, *, shop: str = ALICE, **asked: object) -> str:
    """The address that Shopify forwards to."""
    pairs = {
        "shop": shop,
        "path_prefix": "/apps/promised",
        "timestamp": str(int(transport_now().timestamp())),
        "logged_in_customer_id": "",
        **{name: str(value) for name, value in asked.items()},
    }
    text = "".join(f"{name}={value}" for name, value in sorted(pairs.items()))
    signature = hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()
    return f"/proxy/quote?{urlencode({**pairs, 'signature': signature})}"


def asks(client: FlaskClient, secret: str = SECRET, *, address: str = "203.0.113.7", **asked: object):
    return client.get(signed(secret, **asked), headers={"X-Forwarded-For": address})


def test_a_headless_shop_is_told_the_day_and_what_to_put_into_the_cart(client, house):
    answer = asks(client, variant=LAMP.variant_id, quantity=2)
    assert answer.status_code == 200
    said = answer.json
    assert (said["variant"], said["quantity"], said["state"]) == (LAMP.variant_id, 2, "backorder")
    assert said["sentence"] == "Available on backorder, ships by 8 December 2026."
    assert said["ship_by"] == said["properties"]["_ships_by"] == "2026-12-08"
    key, properties = signing_key(house.settings, PURPOSE), said["properties"]
    found = judge(key, properties["_promised"], properties["_ships_by"], ALICE, LAMP.variant_id, 2, NOW)
    assert (found.verdict, found.ship_by.isoformat()) == (Verdict.VALID, said["ship_by"])


def said_twice(client, alice, goods, units):
    """What the proxy says to a storefront, once the merchant's API was found to say the same."""
    told = alice.get(f"/api/quote?variant_id={goods.variant_id}&units={units}").json
    said = asks(client, variant=goods.variant_id, quantity=units).json
    same = ("state", "ship_by", "range_from", "most", "sentence")
    assert [said[name] for name in same] == [told[name] for name in same]
    return said


def refill_with_chairs(house, stage, *, policy, on_hand=12):
    """Ten chairs come beside those on the shelf, and the merchant's own policy is this one."""
    purchase_order(house, stage.alice, "PO-13", CHAIR, 10)
    stock(house, stage.alice, replace(CHAIR, on_hand=on_hand), committed=1, policy=policy)


def test_the_page_the_api_and_the_proxy_say_the_same_day(client, alice):
    for units in (1, 20, 36):
        assert said_twice(client, alice, LAMP, units)["ship_by"] == "2026-12-08"


def test_more_than_has_a_date_gets_none_and_nothing_for_the_cart(client, alice):
    said = said_twice(client, alice, LAMP, 37)
    assert said["sentence"] == "There is a ship date for 36 at most: 8 December 2026."
    assert (said["state"], said["most"], said["ship_by"], said["properties"]) == ("waitlist", 36, None, {})


def test_what_a_supplier_sends_without_a_day_does_not_arrive_here_first(client, alice, house, stage):
    glow = alice.post("/api/suppliers", {"name": "Glow & Sons"}).json["supplier_id"]
    manage.set_terms(house, stage.alice.shop_id, {"mixed_orders": "together", "allow_asap": True}, actor="Ben", now=NOW)
    sent = {"variant_ids": [LAMP.variant_id], "supplier_id": glow, "drop_shipped": True}
    assert alice.patch("/api/variants", sent).status_code == 200
    said = said_twice(client, alice, LAMP, 2)
    assert (said["state"], said["ship_by"], said["sent_directly"]) == ("asap", None, True)
    assert said["sentence"] == "Ships directly from our supplier; no date is known yet."
    with house.db.read() as tx:
        shown = offers.get(tx, stage.alice.shop_id, [LAMP.variant_id])[LAMP.variant_id].wanted
    assert shown["sent_directly"]
    assert "mixed" not in shown, "it is in no order that leaves together"
    (token,) = said["properties"].values()
    assert '"sent_directly":true' in urlsafe_b64decode(token.partition(".")[0] + "==").decode()
    assert not asks(client, variant=CHAIR.variant_id).json["sent_directly"]


def test_what_is_in_stock_needs_no_proof(client):
    said = asks(client, variant=CHAIR.variant_id).json
    assert (said["state"], said["sentence"], said["properties"]) == ("in_stock", "In stock.", {})


def test_more_than_is_in_stock_is_not_said_to_be_there_and_what_is_there_is_said(client, alice):
    assert said_twice(client, alice, CHAIR, 11)["sentence"] == "11 are in stock."
    more = said_twice(client, alice, CHAIR, 12)
    assert (more["state"], more["most"], more["sentence"]) == ("waitlist", 11, "Only 11 are in stock.")
    assert (more["ship_by"], more["properties"]) == (None, {})


@pytest.mark.parametrize("on_hand", [12, 4])
def test_where_the_store_sells_no_more_than_is_there_nobody_is_told_a_day_for_the_rest(
    client, alice, house, stage, on_hand
):
    refill_with_chairs(house, stage, policy=Policy.DENY, on_hand=on_hand)
    for units in (on_hand, on_hand + 9, on_hand + 10):
        more = said_twice(client, alice, CHAIR, units)
        assert (more["state"], more["most"]) == ("waitlist", on_hand - 1)
        assert (more["sentence"], more["ship_by"]) == (f"Only {on_hand - 1} are in stock.", None)


@pytest.mark.parametrize("on_hand", [12, 4])
def test_where_the_store_sells_beyond_its_shelf_the_day_of_the_rest_is_told_and_proved(
    client, alice, house, stage, on_hand
):
    refill_with_chairs(house, stage, policy=Policy.CONTINUE, on_hand=on_hand)
    free = on_hand - 1
    assert said_twice(client, alice, CHAIR, on_hand - 1)["state"] == "in_stock"
    key = signing_key(house.settings, PURPOSE)
    for units in (free + 1, free + 10):
        said = said_twice(client, alice, CHAIR, units)
        assert (said["state"], said["ship_by"], said["most"]) == ("backorder", "2026-12-08", None)
        found = judge(key, *(said["properties"][name] for name in (TOKEN, DAY)), ALICE, CHAIR.variant_id, units, NOW)
        assert (found.verdict, found.ship_by.isoformat()) == (Verdict.VALID, "2026-12-08")
    many = said_twice(client, alice, CHAIR, free + 11)
    assert (many["state"], many["most"], many["ship_by"], many["properties"]) == ("waitlist", free + 10, None, {})
    assert many["sentence"] == f"There is a ship date for {free + 10} at most: 8 December 2026."


@pytest.mark.parametrize("how", ["the variant", "the shop"])
def test_what_is_not_sold_on_backorder_any_more_is_not_said_to_be_in_stock(client, house, stage, how):
    if how == "the variant":
        manage.choose(house, stage.alice.shop_id, [LAMP.variant_id], managed=False, actor="Ben", now=NOW)
    else:
        manage.set_terms(house, stage.alice.shop_id, {"selling": False}, actor="Ben", now=NOW)
        stock(house, stage.alice, LAMP, committed=4)
    answer = asks(client, variant=LAMP.variant_id)
    assert (answer.status_code, answer.json["detail"]) == (404, "The app promises nothing about this variant.")


def test_the_old_secret_is_good_while_it_is_replaced(client):
    assert asks(client, OLD_SECRET, variant=LAMP.variant_id).status_code == 200


@pytest.mark.parametrize(
    "asked", [{"variant": SHADE.variant_id}, {"variant": 999}, {"variant": LAMP.variant_id, "shop": BOB}]
)
def test_what_the_app_does_not_promise_and_what_is_another_shops_look_the_same(client, asked):
    answer = asks(client, **asked)
    assert answer.status_code == 404
    assert answer.json["detail"] == "The app promises nothing about this variant."


def test_a_shop_that_has_not_installed_the_app_is_told_so(client):
    answer = asks(client, variant=LAMP.variant_id, shop="stranger.myshopify.com")
    assert (answer.status_code, answer.json["detail"]) == (404, "The app is not installed in this shop.")


def test_who_was_not_sent_by_shopify_is_told_nothing(client):
    good = signed(variant=LAMP.variant_id)
    for address in (
        f"/proxy/quote?variant={LAMP.variant_id}",
        good.replace(f"variant={LAMP.variant_id}", f"variant={CHAIR.variant_id}"),
        signed("another secret", variant=LAMP.variant_id),
        signed(variant=LAMP.variant_id, timestamp=int((transport_now() - timedelta(minutes=3)).timestamp())),
    ):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer.json["detail"] == "Ask by the shop's own address."


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({}, "variant", "Fill this in."),
        ({"variant": "lamp"}, "variant", "Give a whole number."),
        ({"variant": LAMP.variant_id, "quantity": 0}, "quantity", "Give 1 or more."),
        ({"variant": LAMP.variant_id, "quantity": 10_001}, "quantity", "Give 10000 or less."),
    ],
)
def test_a_bad_question_is_answered_with_its_field(client, asked, field, sentence):
    answer = asks(client, **asked)
    assert answer.status_code == 422
    assert {"field": field, "message": sentence} in answer.json["errors"]


def test_what_shopify_may_add_some_day_is_no_reason_to_refuse(client):
    assert asks(client, variant=LAMP.variant_id, locale="de").status_code == 200


def test_nothing_of_a_person_is_answered_or_kept(client, house, caplog):
    one = asks(client, variant=LAMP.variant_id, logged_in_customer_id=4711, address="198.51.100.23")
    other = asks(client, variant=LAMP.variant_id, logged_in_customer_id="", address="198.51.100.24")
    assert one.json == other.json
    assert "Set-Cookie" not in one.headers
    doormen = client.application.extensions["doormen"]
    kept = repr(vars(doormen.visitors)) + repr(vars(doormen.shops)) + caplog.text
    assert "198.51.100" not in kept
    assert "4711" not in kept


def test_a_visitor_who_asks_too_much_waits_and_nobody_else(client):
    for _ in range(OF_A_VISITOR):
        assert asks(client, variant=LAMP.variant_id).status_code == 200
    refused = asks(client, variant=LAMP.variant_id)
    assert refused.status_code == 429
    assert refused.json["type"] == "urn:promised:problem:too-many-requests"
    assert 0 < int(refused.headers["Retry-After"]) <= SECONDS
    assert asks(client, variant=LAMP.variant_id, address="203.0.113.8").status_code == 200
    assert asks(client, variant=LAMP.variant_id, shop=BOB).status_code == 404


def test_who_pretends_to_be_many_is_stopped_at_the_shops_own_limit(client):
    doormen = client.application.extensions["doormen"]
    for _ in range(OF_A_SHOP):
        doormen.shops.admit(ALICE)
    assert asks(client, variant=LAMP.variant_id, address="203.0.113.99").status_code == 429
    assert asks(client, variant=LAMP.variant_id, shop=BOB, address="203.0.113.99").status_code == 404


def test_a_window_ends_and_forgets():
    now = [0.0]
    window = Window(2, clock=lambda: now[0])
    assert [window.admit("anna") for _ in range(3)] == [None, None, SECONDS]
    now[0] = SECONDS - 1
    assert window.admit("anna") == 1
    assert window.admit("ben") is None
    now[0] = SECONDS
    assert window.admit("anna") is None


def test_any_site_may_read_the_answer_and_nobody_may_keep_it(client):
    answer = asks(client, variant=LAMP.variant_id)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"


def test_any_site_may_read_why_there_is_no_day_and_when_to_ask_again(client):
    unknown = asks(client, variant=999)
    assert (unknown.status_code, unknown.headers["Access-Control-Allow-Origin"]) == (404, "*")
    assert asks(client, variant="lamp").headers["Access-Control-Allow-Origin"] == "*"
    for _ in range(OF_A_VISITOR):
        wait = asks(client, variant=LAMP.variant_id)
    assert (wait.status_code, wait.headers["Access-Control-Allow-Origin"]) == (429, "*")
    assert "Retry-After" in wait.headers["Access-Control-Expose-Headers"]


def test_our_signatures_are_worthless_as_shopifys_even_under_one_secret(house):
    """The same text as SECRET_KEY and API secret: keys are derived by purpose, so nothing of ours opens a door of Shopify's."""
    careless = house.settings.model_copy(update={"secret_key": house.settings.shopify_api_secret})
    key = signing_key(careless, PURPOSE)
    body = b'{"id": 1}'
    ours = hmac.new(key, body, "sha256")
    assert key != SECRET.encode()
    assert not webhook_signed(body, b64encode(ours.digest()).decode(), house.settings.secrets)
    query = f"shop={ALICE}&timestamp={int(transport_now().timestamp())}"
    text = query.replace("&", "")
    with pytest.raises(CallerRefused):
        proxy_signed(
            f"{query}&signature={hmac.new(key, text.encode(), 'sha256').hexdigest()}",
            house.settings.secrets,
            transport_now(),
        )
    assert signing_key(careless, "links") != key
