"""The story: one store, one promise kept. Every statement is checked against the store's own books."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from promised.demo.checking import must, soon
from promised.demo.people import Merchant, Shopper, Warehouse
from promised.demo.teller import Teller

LAMP, CHAIR, SHADE = "AUR-1", "OAK-1", "LIN-N"
UNITS, DUE_IN, EARLY = 40, 12, 3
BUYERS = ("Anna", "Ben", "Cleo")


def tell(
    teller: Teller, merchant: Merchant, shopper: Shopper, warehouse: Warehouse, *, counted_first: bool = False
) -> None:
    """Tell the whole story. Raises StoryBroken at the first statement that is false."""
    line_id = open_shop(teller, merchant, shopper, warehouse)
    three_buyers(teller, shopper, warehouse)
    _three_lamps_arrive_early(teller, merchant, warehouse, line_id, counted_first=counted_first)
    _the_rest_arrives(teller, merchant, warehouse, line_id)
    _what_the_store_says(teller, warehouse)
    _our_books_agree(teller, merchant, warehouse)


def open_shop(teller: Teller, merchant: Merchant, shopper: Shopper, warehouse: Warehouse) -> int:
    """The shop installs, orders goods and sells its last lamp; the purchase order's line."""
    line_id = _a_shop_installs(teller, merchant, warehouse)
    _the_last_lamp_is_sold(teller, merchant, shopper, warehouse)
    return line_id


def _a_shop_installs(teller: Teller, merchant: Merchant, warehouse: Warehouse) -> int:
    teller.chapter("Lamplight installs the app")
    merchant.opens_the_app()
    took = soon("the first import ends", lambda: not merchant.get("/import")["running"])
    teller.true("the shop was read: locations, variants, levels, open orders", took)
    skus = {v["sku"]: v["variant_id"] for v in merchant.get("/variants")["variants"]}
    merchant.patch("/variants", {"variant_ids": [skus[sku] for sku in (LAMP, CHAIR, SHADE)], "managed": True})
    managed = {v["sku"] for v in merchant.get("/variants", managed="true")["variants"]}
    must("the app manages the three variants that Mara chose", managed == {LAMP, CHAIR, SHADE})
    teller.says("Mara lets the app manage three variants: the Aurora lamp, the oak chair, the linen shade.")
    due = warehouse.today() + timedelta(days=DUE_IN)
    order = merchant.post(
        "/purchase-orders",
        {
            "number": "PO-12",
            "supplier": "Glow & Sons",
            "lines": [{"variant_id": skus[LAMP], "units": UNITS, "due_on": due.isoformat()}],
        },
    )
    teller.says(f"She enters purchase order PO-12: {UNITS} lamps from Glow & Sons, due on {_words(due)}.")
    must("one lamp is left and its policy is DENY", _policy(warehouse) == "DENY")
    line_id: int = order["lines"][0]["line_id"]
    return line_id


def _the_last_lamp_is_sold(teller: Teller, merchant: Merchant, shopper: Shopper, warehouse: Warehouse) -> None:
    teller.chapter("The last lamp is sold")
    shopper.buys("Lena", (_id(warehouse, LAMP), 1, "aurora-lamp"))
    took = soon("the lamp is available on backorder", lambda: _policy(warehouse) == "CONTINUE")
    teller.true("the store sells the lamp on backorder", took)
    promise = _metafield(warehouse)
    day = date.fromisoformat(promise["ship_by"])
    due = warehouse.today() + timedelta(days=DUE_IN)
    must("the date lies after the purchase order's", due <= day <= due + timedelta(days=7))
    must(
        "the date is what the app quotes",
        merchant.get("/quote", variant_id=_id(warehouse, LAMP))["ship_by"] == str(day),
    )
    must("all of the purchase order may be sold", sum(step["units"] for step in promise["steps"]) == UNITS)
    seen = shopper.looks_at("aurora-lamp")
    must(f"the product page says {_words(day)}", _words(day) in seen, seen)
    teller.true(f"the product page says: “{seen}”")
    must("nobody wrote to Lena, whose lamp is there", warehouse.mails("Lena") == [])


def three_buyers(teller: Teller, shopper: Shopper, warehouse: Warehouse) -> None:
    """Three buyers come; what waits is held, and each has a letter."""
    teller.chapter("Three buyers come")
    day = date.fromisoformat(_metafield(warehouse)["ship_by"])
    lamp, chair = _id(warehouse, LAMP), _id(warehouse, CHAIR)
    pages = (
        shopper.buys("Anna", (lamp, 1, "aurora-lamp")),
        shopper.buys("Ben", (lamp, 2, "aurora-lamp")),
        shopper.buys("Cleo", (lamp, 1, "aurora-lamp"), (chair, 1, "oak-chair")),
    )
    teller.says("Anna takes one lamp, Ben two, Cleo one and a chair that is in stock.")
    took = soon("what waits is held", lambda: [warehouse.held(who) for who in BUYERS] == [1, 2, 1])
    teller.true("the waiting part of each order is held", took)
    must("the chair stays shippable", [warehouse.shippable(who) for who in BUYERS] == [0, 0, 1])
    teller.true("Cleo's chair stays shippable")
    took = soon("each has one letter", lambda: [len(warehouse.mails(who)) for who in BUYERS] == [1, 1, 1])
    for who in BUYERS:
        letter = warehouse.mails(who)[0]
        must(f"{who}'s letter names the day", _words(day) in letter["text"], letter["text"])
    teller.true(f"each has a letter that says what waits and until when: {_words(day)}", took)
    took = soon(
        "each order carries its promise",
        lambda: all(_order_promise(warehouse, who).get("ship_by") == str(day) for who in BUYERS),
    )
    for who, page in zip(BUYERS, pages, strict=True):
        must(f"the page of {who}'s order says {_words(day)}", _words(day) in shopper.reads_the_page_of(page), page)
    teller.true("the date stands on each order, and its page shows it", took)


def _three_lamps_arrive_early(
    teller: Teller, merchant: Merchant, warehouse: Warehouse, line_id: int, *, counted_first: bool
) -> None:
    teller.chapter("Three lamps arrive early")
    acts: list[tuple[str, Callable[[], None]]] = [
        (f"Mara books {EARLY} units in on PO-12.", lambda: _book_in(merchant, line_id, EARLY)),
        (f"The warehouse counts {EARLY} lamps in at the store.", lambda: warehouse.counts_in(LAMP, EARLY)),
    ]
    for sentence, act in reversed(acts) if counted_first else acts:
        act()
        teller.says(sentence)
    took = soon("the first two are released", lambda: [warehouse.held(who) for who in BUYERS] == [0, 0, 1])
    teller.true("Anna gets one, Ben two; Cleo waits on", took)
    must("exactly theirs is shippable", [warehouse.shippable(who) for who in BUYERS] == [1, 2, 1])
    took = soon("the first two hear of it", lambda: [len(warehouse.mails(who)) for who in BUYERS] == [2, 2, 1])
    teller.true("the first two hear that their item is in; the third hears nothing new", took)
    must(
        "the lamp is still sold on backorder: the queue is served before the shop window",
        _policy(warehouse) == "CONTINUE",
    )
    took = soon(
        "36 of the purchase order are left to sell",
        lambda: sum(step["units"] for step in _metafield(warehouse)["steps"]) == UNITS - EARLY - 1,
    )
    teller.true(f"{UNITS - EARLY - 1} units of the purchase order are left to sell, no unit counted twice", took)


def _the_rest_arrives(teller: Teller, merchant: Merchant, warehouse: Warehouse, line_id: int) -> None:
    teller.chapter("The rest arrives")
    _book_in(merchant, line_id, UNITS - EARLY)
    warehouse.counts_in(LAMP, UNITS - EARLY)
    teller.says(f"The other {UNITS - EARLY} lamps are booked in and counted in.")
    took = soon("the third is served", lambda: warehouse.held("Cleo") == 0 and len(warehouse.mails("Cleo")) == 2)
    teller.true("Cleo is served and hears of it", took)
    took = soon("the policy is what it was", lambda: _policy(warehouse) == "DENY")
    teller.true("the lamp is in stock again, and its policy is what it was before the app touched it", took)


def _what_the_store_says(teller: Teller, warehouse: Warehouse) -> None:
    teller.chapter("What the store's own books say")
    book = warehouse.ledger()
    level = next(row for row in book["levels"] if row["item_id"] == warehouse.variant(LAMP)["item_id"])
    # 1 + 40 counted in, 5 sold and not shipped yet.
    must("no lamp was lost or sold twice", (level["available"], level["committed"], level["on_hand"]) == (36, 5, 41))
    teller.true("41 lamps on hand, 5 of them sold, 36 free: none lost, none sold twice")
    released = [act["order_id"] for act in book["journal"] if act["act"] == "hold released" and act["by"] == "app"]
    *first_two, third = (warehouse.order_of(who)["id"] for who in BUYERS)
    # One delivery serves the first two, and both are let go at once: which of them the store hears of first says nothing.
    must(
        "holds were released once each, the third buyer's last",
        (sorted(released[:2]), released[2:]) == (sorted(first_two), [third]),
        (released, first_two, third),
    )
    teller.true("each hold was released once, to those who waited longest first")
    for who in BUYERS:
        ids = [mail["message_id"] for mail in warehouse.mails(who)]
        must(f"{who} got no letter twice", len(ids) == len(set(ids)) == 2)
    teller.true("every customer got two letters, none of them twice")
    must(
        "nobody else holds anything", not any(part["holds"] for o in book["orders"] for part in o["fulfillment_orders"])
    )
    refused = [d for d in book["deliveries"] if d["answers"] and d["answers"][-1] != 200]
    must("every webhook was taken", not refused)
    teller.true(f"{len(book['deliveries'])} webhooks were sent, and every one was taken")
    misses = warehouse.misses()
    must("nothing unmodelled was asked of the store, and nothing failed in it", not any(misses.values()), misses)
    teller.true("nothing was asked of the store that it does not know")


def _our_books_agree(teller: Teller, merchant: Merchant, warehouse: Warehouse) -> None:
    """The store's books and ours end equal: the same open units of the same orders, and nothing waits."""
    theirs = {
        order["name"]: sum(line["remaining"] for part in order["fulfillment_orders"] for line in part["lines"])
        for order in warehouse.ledger()["orders"]
    }
    ours: dict[str, int] = {}
    for claim in merchant.get("/backlog")["claims"]:
        ours[claim["order_name"]] = ours.get(claim["order_name"], 0) + claim["units"]
        must(f"nothing of {claim['order_name']} waits", claim["backordered"] == 0, claim)
    must("our backlog is the store's", ours == theirs, (ours, theirs))
    must("nothing of ours is stuck", merchant.get("/outbox/troubled")["troubled"] == [])
    teller.true("the app's own books say the same")


def _book_in(merchant: Merchant, line_id: int, units: int) -> None:
    merchant.post(f"/purchase-orders/lines/{line_id}/receipts", {"units": units})


def _id(warehouse: Warehouse, sku: str) -> int:
    return int(warehouse.variant(sku)["id"])


def _policy(warehouse: Warehouse) -> str:
    return str(warehouse.variant(LAMP)["policy"])


def _metafield(warehouse: Warehouse) -> dict[str, Any]:
    return _json(warehouse.variant(LAMP)["metafields"], "backorder")


def _order_promise(warehouse: Warehouse, who: str) -> dict[str, Any]:
    return _json(warehouse.order_of(who)["metafields"], "backorder_promise")


def _json(fields: list[dict[str, Any]], key: str) -> dict[str, Any]:
    found = next((field["value"] for field in fields if field["key"] == key), None)
    if found is None:
        return {}
    value: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return value


def _words(day: date) -> str:
    """The day as pages and letters write it in English."""
    return f"{day:%B} {day.day}, {day.year}"
