"""What becomes of orders in the store: edited down, refunded, sent back, moved, merged, and handed to a service."""

import json

import pytest

from devstore import requesting
from devstore.counter import sell_over_counter, sell_to_send
from devstore.drafts import complete_draft, delete_draft, write_draft
from devstore.editing import add_line, add_units, remove_units
from devstore.fulfilment import cancel_fulfilment, hold, ship, split
from devstore.gids import gid
from devstore.merging import merge
from devstore.moving import move
from devstore.places import open_place
from devstore.refunding import Back, refund
from devstore.returning import dispose, open_return
from devstore.saying import StoreSays
from devstore.stock import overwrite

from .conftest import empty_the_post, level_of, only_part, order_gid

LIFE = """
query Life($id: ID!) {
  order(id: $id) {
    edited
    displayFinancialStatus
    lineItems(first: 5) { nodes { quantity currentQuantity unfulfilledQuantity } }
    agreements(first: 9) { nodes { __typename reason sales(first: 5) { nodes { actionType quantity } } } }
    refunds(first: 5) { refundLineItems(first: 5) { nodes { quantity restockType location { name } } } }
    returns(first: 5) { nodes { status reverseFulfillmentOrders(first: 1) { nodes { lineItems(first: 5) { nodes {
      totalQuantity dispositions { type quantity location { name } } } } } } } }
    fulfillmentOrders(first: 9) { nodes { status requestStatus supportedActions { action } } }
  }
}
"""


@pytest.fixture
def queens(world, shop):
    """A second warehouse that stocks everything, and has nothing yet."""
    return open_place(world, shop, "Queens", stocks=list(shop.items))


@pytest.fixture
def service(world, shop):
    """The warehouse of a fulfillment service."""
    return open_place(world, shop, "Ship4You", is_service=True, stocks=list(shop.items))


@pytest.fixture
def at_service(world, shop, buy, chair, service):
    """An order of three chairs that the service is to ship; its fulfillment order."""
    return move(world, shop, only_part(shop, buy((chair, 3))).id, service.id).moved


def counts(level):
    return level.available, level.committed, level.on_hand


def topics(world):
    return [delivery.topic for delivery in empty_the_post(world)]


def test_units_that_an_edit_takes_out_are_available_again(world, shop, buy, chair, admin):
    order = buy((chair, 5))
    empty_the_post(world)
    remove_units(world, shop, order.id, order.line_items[0].id, 2)
    assert counts(level_of(shop, chair)) == (9, 3, 12)
    assert {"orders/edited", "orders/updated", "inventory_levels/update"} <= set(topics(world))
    seen = admin.get(LIFE, id=order_gid(order))["order"]
    assert seen["edited"]
    assert seen["lineItems"]["nodes"] == [{"quantity": 5, "currentQuantity": 3, "unfulfilledQuantity": 3}]
    last = seen["agreements"]["nodes"][-1]
    assert (last["__typename"], last["reason"]) == ("OrderEditAgreement", "ORDER_EDIT")
    assert last["sales"]["nodes"] == [{"actionType": "RETURN", "quantity": -2}]


def test_units_that_are_taken_out_without_restock_leave_the_shelf(world, shop, buy, chair):
    order = buy((chair, 5))
    remove_units(world, shop, order.id, order.line_items[0].id, 2, restock=False)
    assert counts(level_of(shop, chair)) == (7, 3, 10)


def test_an_edit_takes_the_newest_fulfillment_order_first_and_closes_it_with_its_holds(world, shop, buy, chair):
    order = buy((chair, 3))
    line = order.line_items[0]
    add_units(world, shop, order.id, line.id, 2)
    first, second = shop.fulfillment_orders_of(order.id)
    hold(world, shop, second.id, reason="OTHER")
    remove_units(world, shop, order.id, line.id, 3)
    assert (first.remaining, second.status, second.holds) == (2, "CLOSED", [])


def test_a_line_of_something_else_joins_an_order(world, shop, buy, chair, lamp):
    order = buy((chair, 1))
    add_line(world, shop, order.id, lamp.id, 2)
    assert [line.title for line in order.line_items] == ["Oak chair", "Aurora lamp"]
    assert counts(level_of(shop, lamp)) == (-1, 2, 1)


def test_more_than_is_left_to_ship_cannot_be_taken_out(world, shop, buy, chair):
    order = buy((chair, 3))
    ship(world, shop, only_part(shop, order).id, {only_part(shop, order).lines[0].id: 2})
    with pytest.raises(StoreSays, match="at most 1"):
        remove_units(world, shop, order.id, order.line_items[0].id, 2)


@pytest.mark.parametrize(
    ("restock", "left"), [("CANCEL", (9, 3, 12)), ("NO_RESTOCK", (7, 3, 10))], ids=["restocked", "not restocked"]
)
def test_a_refund_of_what_did_not_ship_frees_it_or_takes_it_off_the_shelf(world, shop, buy, chair, restock, left):
    order = buy((chair, 5))
    empty_the_post(world)
    refund(world, shop, order.id, [Back(order.line_items[0].id, 2, restock)])
    assert counts(level_of(shop, chair)) == left
    assert (order.financial_status, only_part(shop, order).remaining) == ("PARTIALLY_REFUNDED", 3)
    assert {"refunds/create", "orders/updated"} <= set(topics(world))


def test_a_refund_of_what_shipped_brings_it_back_where_it_is_said_to_be(world, shop, buy, chair, queens, admin):
    order = buy((chair, 5))
    ship(world, shop, only_part(shop, order).id, {only_part(shop, order).lines[0].id: 3})
    refund(world, shop, order.id, [Back(order.line_items[0].id, 2, "RETURN", queens.id)])
    assert counts(shop.levels[chair.item_id, queens.id]) == (2, 0, 2)
    seen = admin.get(LIFE, id=order_gid(order))["order"]
    assert seen["lineItems"]["nodes"] == [{"quantity": 5, "currentQuantity": 3, "unfulfilledQuantity": 2}]
    (line,) = seen["refunds"][0]["refundLineItems"]["nodes"]
    assert line == {"quantity": 2, "restockType": "RETURN", "location": {"name": "Queens"}}


def test_what_shipped_and_is_paid_back_without_coming_back_moves_no_shelf(world, shop, buy, chair):
    order = buy((chair, 2))
    ship(world, shop, only_part(shop, order).id)
    refund(world, shop, order.id, [Back(order.line_items[0].id, 2, "NO_RESTOCK")])
    assert counts(level_of(shop, chair)) == (10, 0, 10)
    assert order.financial_status == "REFUNDED"


def test_a_return_moves_the_shelf_only_when_somebody_says_what_became_of_it(world, shop, buy, chair, queens, admin):
    order = buy((chair, 3))
    ship(world, shop, only_part(shop, order).id)
    made = open_return(world, shop, order.id, [(order.line_items[0].id, 3)])
    assert level_of_brooklyn(shop, chair) == (9, 0, 9)
    dispose(world, shop, made.lines[0].id, 1)
    dispose(world, shop, made.lines[0].id, 1, location_id=queens.id)
    dispose(world, shop, made.lines[0].id, 1, kind="MISSING")
    assert level_of_brooklyn(shop, chair) == (10, 0, 10)
    assert counts(shop.levels[chair.item_id, queens.id]) == (1, 0, 1)
    seen = admin.get(LIFE, id=order_gid(order))["order"]
    assert [each["__typename"] for each in seen["agreements"]["nodes"]] == ["OrderAgreement", "ReturnAgreement"]
    (one,) = seen["returns"]["nodes"]
    said = one["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["dispositions"]
    assert (one["status"], [each["type"] for each in said]) == ("CLOSED", ["RESTOCKED", "RESTOCKED", "MISSING"])


def level_of_brooklyn(shop, variant):
    return counts(shop.levels[variant.item_id, next(iter(shop.locations))])


def test_what_came_back_did_not_stay_away(world, shop, buy, chair):
    order = buy((chair, 2))
    parcel = ship(world, shop, only_part(shop, order).id)
    open_return(world, shop, order.id, [(order.line_items[0].id, 1)])
    with pytest.raises(StoreSays, match="came back"):
        cancel_fulfilment(world, shop, parcel.id)
    with pytest.raises(StoreSays, match="1 to 1"):
        open_return(world, shop, order.id, [(order.line_items[0].id, 2)])


def test_a_draft_sets_its_units_aside_until_it_is_an_order_or_deleted(world, shop, lamp, chair):
    kept = write_draft(world, shop, [(chair.id, 4)], reserve=True)
    assert (*counts(level_of(shop, chair)), level_of(shop, chair).reserved) == (8, 0, 12, 4)
    order = complete_draft(world, shop, kept.id)
    assert (*counts(level_of(shop, chair)), order.source_name) == (8, 4, 12, "shopify_draft_order")
    gone = write_draft(world, shop, [(lamp.id, 1)], reserve=True)
    delete_draft(world, shop, gone.id)
    assert counts(level_of(shop, lamp)) == (1, 0, 1)
    with pytest.raises(StoreSays):
        complete_draft(world, shop, gone.id)


def test_a_draft_that_set_nothing_aside_is_committed_when_it_is_completed(world, shop, lamp):
    order = complete_draft(world, shop, write_draft(world, shop, [(lamp.id, 3)]).id, paid=False)
    assert (counts(level_of(shop, lamp)), order.financial_status) == ((-2, 3, 1), "PENDING")


def test_what_is_sold_over_the_counter_is_gone_at_once(world, shop, chair, brooklyn):
    order = sell_over_counter(world, shop, [(chair.id, 2)], brooklyn)
    assert (counts(level_of(shop, chair)), order.source_name) == ((10, 0, 10), "pos")
    assert (only_part(shop, order).status, order.line_items[0].unfulfilled) == ("CLOSED", 0)
    assert {"orders/create", "orders/paid", "fulfillments/create", "inventory_levels/update"} <= set(topics(world))


def test_what_is_sold_at_the_till_to_be_sent_waits_like_any_order(world, shop, lamp):
    order = sell_to_send(world, shop, [(lamp.id, 3)])
    world.background.run_due()
    assert (counts(level_of(shop, lamp)), only_part(shop, order).remaining) == ((-2, 3, 1), 3)


def test_a_fulfillment_order_that_moves_whole_keeps_its_id_and_hold(world, shop, buy, chair, queens):
    part = only_part(shop, buy((chair, 3)))
    hold(world, shop, part.id, reason="OTHER")
    done = move(world, shop, part.id, queens.id)
    assert (done.moved.id, done.moved.status, done.moved.location_id) == (part.id, "ON_HOLD", queens.id)
    assert level_of_brooklyn(shop, chair) == (12, 0, 12)
    assert counts(shop.levels[chair.item_id, queens.id]) == (-3, 3, 0)


def test_units_that_move_alone_get_a_fulfillment_order_without_holds(world, shop, buy, chair, queens):
    part = only_part(shop, buy((chair, 3)))
    hold(world, shop, part.id, reason="OTHER")
    empty_the_post(world)
    done = move(world, shop, part.id, queens.id, [(part.lines[0].id, 1)])
    assert (part.remaining, part.status, done.moved.remaining, done.moved.status) == (2, "ON_HOLD", 1, "OPEN")
    assert "fulfillment_orders/moved" in topics(world)


def test_nothing_moves_where_it_is_not_stocked_or_is_already(world, shop, buy, chair, brooklyn):
    part = only_part(shop, buy((chair, 3)))
    nowhere = open_place(world, shop, "Empty")
    for place in (nowhere.id, brooklyn, 1):
        with pytest.raises(StoreSays):
            move(world, shop, part.id, place)


def test_what_was_split_can_be_merged_again_unless_it_is_held(world, shop, buy, chair):
    part = only_part(shop, buy((chair, 3)))
    rest = split(world, shop, part.id, [(part.lines[0].id, 1)]).remaining
    placed = hold(world, shop, rest.id, reason="OTHER").hold
    with pytest.raises(StoreSays, match="mergeable"):
        merge(world, shop, [part.id, rest.id])
    rest.holds.remove(placed)
    rest.status = "OPEN"
    empty_the_post(world)
    wanted = [
        {"fulfillment_order_id": part.id, "fulfillment_order_line_items": [{"id": part.lines[0].id, "quantity": 2}]}
    ]
    wanted += [
        {"fulfillment_order_id": rest.id, "fulfillment_order_line_items": [{"id": rest.lines[0].id, "quantity": 1}]}
    ]
    assert merge(world, shop, [part.id, rest.id]).remaining == 3
    [told] = empty_the_post(world)
    assert (rest.status, rest.remaining, told.topic) == ("CLOSED", 0, "fulfillment_orders/merged")
    into = {"fulfillment_order": {"id": gid("FulfillmentOrder", part.id), "status": "open"}}
    assert json.loads(told.body) == {"merge_intents": wanted, "fulfillment_order_merges": into}


def test_a_service_that_was_asked_has_it_until_it_says_no(world, shop, at_service):
    requesting.submit(world, shop, at_service.id)
    for forbidden in (
        lambda: hold(world, shop, at_service.id, reason="OTHER"),
        lambda: split(world, shop, at_service.id, [(at_service.lines[0].id, 1)]),
        lambda: move(world, shop, at_service.id, next(iter(shop.locations))),
        lambda: ship(world, shop, at_service.id),
        lambda: remove_units(world, shop, at_service.order_id, at_service.lines[0].line_item_id, 1),
    ):
        with pytest.raises(StoreSays):
            forbidden()
    requesting.reject(world, shop, at_service.id)
    hold(world, shop, at_service.id, reason="OTHER")
    assert (at_service.status, at_service.request_status) == ("ON_HOLD", "REJECTED")


def test_a_service_that_accepts_ships_and_an_order_with_it_cannot_be_cancelled(world, shop, at_service):
    requesting.submit(world, shop, at_service.id)
    requesting.accept(world, shop, at_service.id)
    assert (at_service.status, at_service.request_status) == ("IN_PROGRESS", "ACCEPTED")
    ship(world, shop, at_service.id, by="service")
    assert at_service.status == "CLOSED"


@pytest.mark.parametrize("answer", ["give_back", "refuse_to_give_back"])
def test_a_service_may_give_back_what_it_accepted_or_not(world, shop, at_service, answer):
    requesting.submit(world, shop, at_service.id)
    requesting.accept(world, shop, at_service.id)
    requesting.ask_back(world, shop, at_service.id)
    part = getattr(requesting, answer)(world, shop, at_service.id)
    if answer == "give_back":
        assert (at_service.status, at_service.remaining) == ("CANCELLED", 0)
        assert (part.status, part.request_status, part.remaining) == ("OPEN", "UNSUBMITTED", 3)
    else:
        assert (part.id, part.request_status) == (at_service.id, "CANCELLATION_REJECTED")


def test_only_a_service_is_asked(world, shop, buy, chair):
    with pytest.raises(StoreSays, match="no fulfillment service"):
        requesting.submit(world, shop, only_part(shop, buy((chair, 1))).id)


def test_a_system_that_overwrites_what_is_available_makes_goods_of_nothing(world, shop, buy, lamp, brooklyn):
    buy((lamp, 1))
    sell_to_send(world, shop, [(lamp.id, 9)])
    assert counts(level_of(shop, lamp)) == (-9, 10, 1)
    overwrite(world, shop, lamp.item_id, brooklyn, 0)
    assert counts(level_of(shop, lamp)) == (0, 10, 10)
    assert shop.journal[-1].by == "other system"


MOVE = """mutation($id: ID!, $to: ID!) { fulfillmentOrderMove(id: $id, newLocationId: $to) {
  movedFulfillmentOrder { id assignedLocation { location { name } } } userErrors { message } } }"""
MERGE = """mutation($ids: [FulfillmentOrderMergeInputMergeIntent!]!) {
  fulfillmentOrderMerge(fulfillmentOrderMergeInputs: [{mergeIntents: $ids}]) {
    fulfillmentOrderMerges { fulfillmentOrder { id } } userErrors { message } } }"""
REFUND = """mutation($input: RefundInput!, $key: String!) { refundCreate(input: $input) @idempotent(key: $key) {
  refund { id note } order { displayFinancialStatus } userErrors { message } } }"""
ASK = """mutation($id: ID!) { fulfillmentOrderSubmitFulfillmentRequest(id: $id) {
  submittedFulfillmentOrder { requestStatus } userErrors { message } } }"""
ACCEPT = """mutation($id: ID!) { fulfillmentOrderAcceptFulfillmentRequest(id: $id) {
  fulfillmentOrder { status requestStatus } userErrors { message } } }"""


def test_an_app_moves_and_merges(world, shop, admin, buy, chair, queens):
    part = only_part(shop, buy((chair, 3)))
    rest = split(world, shop, part.id, [(part.lines[0].id, 1)]).remaining
    ids = [f"gid://shopify/FulfillmentOrder/{each.id}" for each in (part, rest)]
    said = admin.get(MERGE, ids=[{"fulfillmentOrderId": each} for each in ids])["fulfillmentOrderMerge"]
    assert said == {"fulfillmentOrderMerges": [{"fulfillmentOrder": {"id": ids[0]}}], "userErrors": []}
    moved = admin.get(MOVE, id=ids[0], to=f"gid://shopify/Location/{queens.id}")["fulfillmentOrderMove"]
    assert moved["movedFulfillmentOrder"]["assignedLocation"]["location"]["name"] == "Queens"
    again = admin.get(MOVE, id=ids[0], to=f"gid://shopify/Location/{queens.id}")["fulfillmentOrderMove"]
    assert again["userErrors"] == [{"message": "The fulfillment order cannot be moved there."}]


def test_an_app_refunds_once_however_often_it_asks(shop, admin, buy, chair):
    order = buy((chair, 3))
    line = {"lineItemId": f"gid://shopify/LineItem/{order.line_items[0].id}", "quantity": 1, "restockType": "CANCEL"}
    wish = {"orderId": order_gid(order), "note": "Too late", "refundLineItems": [line]}
    first, second = (admin.get(REFUND, input=wish, key="k1")["refundCreate"] for _ in range(2))
    assert first == second
    assert (first["refund"]["note"], first["order"]["displayFinancialStatus"]) == ("Too late", "PARTIALLY_REFUNDED")
    assert only_part(shop, order).remaining == 2


def test_a_service_is_asked_and_answers_by_the_api(admin, at_service):
    name = f"gid://shopify/FulfillmentOrder/{at_service.id}"
    asked = admin.get(ASK, id=name)["fulfillmentOrderSubmitFulfillmentRequest"]
    assert asked["submittedFulfillmentOrder"] == {"requestStatus": "SUBMITTED"}
    accepted = admin.get(ACCEPT, id=name)["fulfillmentOrderAcceptFulfillmentRequest"]
    assert accepted["fulfillmentOrder"] == {"status": "IN_PROGRESS", "requestStatus": "ACCEPTED"}


def test_all_of_it_by_json(client, world, shop, buy, chair):
    def by_hand(path, **body):
        answer = client.post(f"/_control/{shop.domain}/{path}", json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    place = by_hand("locations", name="Ship4You", is_service=True, stocks=list(shop.items))["id"]
    order = buy((chair, 6))
    line = order.line_items[0].id
    assert by_hand(f"orders/{order.id}/edit", line_item_id=line, units=-1)["lines"] == [{"id": line, "units": 5}]
    by_hand(f"orders/{order.id}/refund", lines=[{"line_item_id": line, "units": 1, "restock": "NO_RESTOCK"}])
    part = only_part(shop, order)
    off = by_hand(f"fulfillment_orders/{part.id}/split", lines={part.lines[0].id: 1})["remaining_id"]
    by_hand(f"fulfillment_orders/{part.id}/merge", **{"with": [off]})
    moved = by_hand(f"fulfillment_orders/{part.id}/move", location_id=place, lines={part.lines[0].id: 2})["moved_id"]
    by_hand(f"fulfillment_orders/{moved}/request/submit")
    assert by_hand(f"fulfillment_orders/{moved}/request/accept")["request_status"] == "ACCEPTED"
    parcel = by_hand(f"fulfillment_orders/{part.id}/ship")["id"]
    by_hand(f"fulfillments/{parcel}/cancel")
    by_hand(f"fulfillment_orders/{moved}/ship")
    (back,) = by_hand(f"orders/{order.id}/return", lines=[{"line_item_id": line, "units": 1}])["lines"]
    assert by_hand(f"return_lines/{back['id']}/dispose", units=1)["status"] == "CLOSED"
    draft = by_hand("drafts", lines=[{"variant_id": chair.id}], reserve=True)["id"]
    assert by_hand(f"drafts/{draft}/complete")["name"] == "#1002"
    by_hand("pos", lines=[{"variant_id": chair.id}], location_id=place)
    by_hand("pos", lines=[{"variant_id": chair.id}])
    assert by_hand("stock/overwrite", item_id=chair.item_id, location_id=place, available=0)["available"] == 0
