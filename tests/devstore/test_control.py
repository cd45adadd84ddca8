"""The hidden hand: the ledger, the clock, faults, and acts by JSON."""

import pytest

from devstore.fulfilment import hold
from tests.devstore.conftest import only_part

SHOP = "{ shop { name } }"


@pytest.fixture
def by_hand(client, shop):
    def act(path, **body):
        return client.post(f"/_control/{shop.domain}/{path}", json=body)

    return act


@pytest.fixture
def books(client, shop):
    return lambda: client.get(f"/_control/ledger/{shop.domain}").json


def test_a_whole_day_by_json_ends_in_the_ledger(by_hand, books, world, shop, lamp, chair, brooklyn):
    buyer = {"email": "anna@example.com", "first_name": "Anna"}
    lines = [{"variant_id": chair.id, "quantity": 2, "properties": {"Ships by": "2026-07-09"}}]
    order = by_hand("orders", lines=lines, customer=buyer).json
    world.background.run_due()
    by_hand("stock/receive", item_id=lamp.item_id, location_id=brooklyn, units=3)
    by_hand("stock/correct", item_id=lamp.item_id, location_id=brooklyn, on_hand=2)
    by_hand("policy", variant_id=lamp.id, policy="CONTINUE")
    (part,) = books()["orders"][0]["fulfillment_orders"]
    held = by_hand(f"fulfillment_orders/{part['id']}/hold", reason="OTHER", handle="desk").json
    assert books()["orders"][0]["fulfillment_orders"][0]["holds"][0]["handle"] == "desk"
    by_hand(f"fulfillment_orders/{part['id']}/release", hold_ids=[held["hold_id"]])
    by_hand(f"fulfillment_orders/{part['id']}/ship")
    found = books()
    (line,) = found["orders"][0]["lines"]
    assert (found["orders"][0]["name"], line["quantity"], line["fulfilled"]) == (order["name"], 2, 2)
    assert line["properties"] == {"Ships by": "2026-07-09"}
    policies = {each["sku"]: each["policy"] for each in found["variants"]}
    assert (policies["AUR-1"], policies["OAK-1"]) == ("CONTINUE", "DENY")
    levels = {each["item_id"]: (each["available"], each["committed"], each["on_hand"]) for each in found["levels"]}
    assert (levels[lamp.item_id], levels[chair.item_id]) == ((2, 0, 2), (10, 0, 10))
    assert [act["act"] for act in found["journal"]][1:] == [
        "order placed",
        "routed",
        "stock received",
        "stock corrected",
        "policy set",
        "hold placed",
        "hold released",
        "shipped",
    ]


def test_an_order_can_be_cancelled_by_hand(by_hand, books, chair):
    order = by_hand("orders", lines=[{"variant_id": chair.id}]).json
    assert by_hand(f"orders/{order['id']}/cancel", restock=False).status_code == 200
    assert books()["orders"][0]["cancelled_at"]


def test_a_refusal_is_a_sentence(by_hand, lamp):
    answer = by_hand("orders", lines=[{"variant_id": lamp.id, "quantity": 9}])
    assert answer.status_code == 422
    assert answer.json["error"] == "Only 1 of Aurora lamp left."


def test_what_is_missing_is_named(by_hand):
    answer = by_hand("stock/receive", units=3)
    assert (answer.status_code, answer.json["error"]) == (400, "'item_id' is missing or unknown")


def test_a_shop_that_is_not_here_is_not_found(client):
    assert client.get("/_control/ledger/nowhere.myshopify.com").status_code == 404


def test_the_clock_moves_forward_only_and_in_its_file(client, world, tmp_path):
    before = world.now()
    client.post("/_control/clock/advance", json={"seconds": 86400})
    assert (world.now() - before).days == 1
    with pytest.raises(ValueError, match="backwards"):
        world.clock.advance(-1)


def test_misses_are_shown(client, admin):
    assert client.get("/_control/misses").json == {"misses": [], "deprecations": [], "failures": []}
    admin.ask("{ shop { taxesIncluded } }")
    assert client.get("/_control/misses").json["misses"][0]["coordinate"] == "Shop.taxesIncluded"


def test_faults_of_the_post_are_switched_on_and_off(client, world):
    assert client.post("/_control/faults", json={"doubled": True, "late": 2.5}).json["doubled"] is True
    assert (world.post.faults.doubled, world.post.faults.late) == (True, 2.5)
    assert client.post("/_control/faults", json={"shuffled": True}).json["spread"] == 0.5
    client.post("/_control/faults", json={"doubled": False, "late": 0})
    assert (world.post.faults.doubled, world.post.faults.late) == (False, 0)


def test_a_fault_that_is_none_is_refused(client):
    assert client.post("/_control/faults", json={"slow": True}).status_code == 400


def test_the_next_answer_of_the_admin_api_can_be_broken(client, admin):
    client.post("/_control/faults", json={"api": [{"status": 429}, {"status": 502}]})
    busy, broken, well = admin.post(SHOP), admin.post(SHOP), admin.post(SHOP)
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "2.0")
    assert (broken.status_code, broken.mimetype) == (502, "text/html")
    assert well.status_code == 200


def test_an_answer_can_be_lost_after_the_deed(client, admin, shop, chair, buy):
    order = buy((chair, 1))
    client.post("/_control/faults", json={"api": [{"status": 502, "after_effect": True}]})
    tag = 'mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }'
    assert admin.post(tag, id=f"gid://shopify/Order/{order.id}").status_code == 502
    assert order.tags == ["x"]


def test_the_bucket_can_be_drained(client, admin, shop):
    client.post("/_control/throttle", json={"drain": shop.domain})
    assert admin.ask(SHOP)["errors"][0]["extensions"]["code"] == "THROTTLED"


def test_a_session_token_is_minted_as_the_frame_does(client, shop, exchange):
    token = client.get(f"/_control/id_token/{shop.domain}").json["id_token"]
    assert exchange(subject_token=token).status_code == 200


def test_the_ledger_tells_whose_hold_it_is(books, world, shop, chair, buy):
    part = only_part(shop, buy((chair, 1)))
    hold(world, shop, part.id, reason="OTHER", app_id=world.app.app_id)
    (written,) = books()["orders"][0]["fulfillment_orders"][0]["holds"]
    assert written["app_id"] == world.app.app_id
    assert books()["journal"][-1]["by"] == "app"


def test_quiet_is_waited_for_and_not_claimed(client, world, shop, chair, buy):
    buy((chair, 1))
    assert client.post("/_control/idle?timeout=0").json == {"idle": False}
    while (delivery := world.post.take()) is not None:
        world.post.settle(delivery, 200)
    assert client.post("/_control/idle?timeout=0").json == {"idle": True}


def test_a_shop_tells_what_it_was_asked_and_how_often_each_thing_was_read_within_a_second(admin, client, shop, chair):
    read = "query Levels($id: ID!) { inventoryItem(id: $id) { inventoryLevels(first: 1) { nodes { id } } } }"
    for _ in range(2):
        admin.get(read, id=f"gid://shopify/InventoryItem/{chair.item_id}")
    told = client.get(f"/_control/asked/{shop.domain}").json
    assert sum(told["documents"].values()) == 3, "two questions, and the token that they were asked with"
    assert sum(one["times"] for one in told["levels"] if one["item_id"] == chair.item_id) == 2
    assert client.get("/_control/asked/another.myshopify.com").status_code == 404
