"""An order is read whole, or not at all."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from backorder.rules.seen import (
    AgreementSeen,
    FulfillmentOrderSeen,
    HoldSeen,
    LineSeen,
    OrderSeen,
    PartSeen,
    TransactionSeen,
)
from backorder.store.errors import GoneFromStore
from tests.store.answers import connection, in_the_shop
from tests.store.cast import lamplight
from tests.store.shelf import agreement, fulfillment_order, gid, line, order, part, sale

THEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def seen_in(**changes):
    in_the_shop(order=order(**changes))
    seen = lamplight().order(1042)
    assert seen is not None
    return seen


def test_an_order_is_read_whole():
    in_the_shop(order=order())
    assert lamplight().order(1042) == OrderSeen(
        order_id=1042,
        name="#1042",
        created_at=THEN,
        processed_at=THEN,
        updated_at=THEN,
        cancelled_at=None,
        closed=False,
        test=False,
        financial_status="PAID",
        currency="USD",
        country="US",
        source="web",
        tags=frozenset({"gift"}),
        status_url="https://lamplight.example/orders/1042",
        promise=None,
        promise_digest=None,
        transactions=(TransactionSeen("SALE", "SUCCESS", THEN),),
        agreements=(AgreementSeen(7, 3, THEN),),
        lines=(
            LineSeen(
                line_id=7,
                variant_id=101,
                item_id=201,
                title="Aurora lamp - Brass",
                sku="LAMP-BRASS",
                quantity=3,
                current_quantity=2,
                unfulfilled=2,
                requires_shipping=True,
                unit_price=Decimal("108.5"),
                shown="2026-12-07",
                token="a.b",
            ),
        ),
        fulfillment_orders=(
            FulfillmentOrderSeen(
                fulfillment_order_id=30,
                order_id=1042,
                location_id=1,
                status="ON_HOLD",
                request_status="UNSUBMITTED",
                updated_at=THEN,
                is_service=False,
                actions=frozenset({"RELEASE_HOLD", "MOVE"}),
                holds=(HoldSeen(50, "promised-9", "INVENTORY_OUT_OF_STOCK", ours=True),),
                parts=(PartSeen(40, 7, 201, 2, requires_shipping=True),),
            ),
        ),
        customer_id=77,
    )


def test_an_order_of_a_guest_is_nobodys():
    assert seen_in(customer=None).customer_id is None


def test_an_order_that_is_gone_or_out_of_our_reach_is_none():
    in_the_shop(order=None)
    assert lamplight().order(1042) is None


def test_what_was_promised_before_comes_with_its_digest():
    seen = seen_in(metafield={"jsonValue": {"lines": {}}, "compareDigest": "d1"})
    assert (seen.promise, seen.promise_digest) == ({"lines": {}}, "d1")


def test_an_order_without_address_status_or_source_is_still_an_order():
    seen = seen_in(
        shippingAddress=None, displayFinancialStatus=None, sourceName=None, cancelledAt="2026-11-26T00:00:00Z"
    )
    assert (seen.country, seen.source, seen.financial_status) == (None, None, "PENDING")
    assert seen.cancelled_at == datetime(2026, 11, 26, tzinfo=UTC)


def test_a_line_whose_variant_was_deleted_keeps_its_place():
    (seen,) = seen_in(lineItems=connection([line(variant=None, sku=None, customAttributes=[])])).lines
    assert (seen.variant_id, seen.item_id, seen.sku, seen.shown) == (None, None, None, None)


def test_an_order_with_very_many_lines_has_them_all():
    seen = seen_in(lineItems=connection([line(1 + number) for number in range(260)]))
    assert [each.line_id for each in seen.lines] == list(range(1, 261))


def test_an_order_in_very_many_parts_has_them_all():
    many = [fulfillment_order(number, parts=1) for number in range(1, 24)]
    seen = seen_in(fulfillmentOrders=connection(many))
    assert [each.fulfillment_order_id for each in seen.fulfillment_orders] == list(range(1, 24))


def test_a_fulfillment_order_with_very_many_parts_has_them_all():
    wide = fulfillment_order(30, parts=140)
    in_the_shop(order=order(fulfillmentOrders=connection([wide])), fulfillmentOrder=wide)
    seen = lamplight().order(1042)
    assert seen is not None
    assert [each.part_id for each in seen.fulfillment_orders[0].parts] == list(range(40, 180))


def test_units_that_left_count_against_the_line_whatever_their_sign():
    happened = [
        agreement(sale(5)),
        agreement(sale(-2, "RETURN"), at="2026-11-26T00:00:00Z"),
        agreement(sale(1, "RETURN"), at="2026-11-27T00:00:00Z"),
    ]
    assert [each.units for each in seen_in(agreements=connection(happened)).agreements] == [5, -2, -1]


def test_sales_that_are_no_units_of_a_product_are_left_out():
    shipping = {"__typename": "ShippingLineSale", "actionType": "ORDER", "quantity": 1}
    seen = seen_in(agreements=connection([agreement(shipping, sale(0, "UPDATE"), sale(None), sale(2))]))
    assert [each.units for each in seen.agreements] == [2]


@pytest.mark.parametrize(("agreements", "sales"), [(1, 1), (5, 10), (6, 1), (1, 11), (3, 230), (12, 12)])
def test_an_order_edited_very_often_has_every_sale_once(agreements, sales):
    happened = [agreement(*(sale(1, line=100 * row + n) for n in range(sales))) for row in range(agreements)]
    seen = seen_in(agreements=connection(happened))
    assert [each.line_id for each in seen.agreements] == [
        100 * row + n for row in range(agreements) for n in range(sales)
    ]


def test_an_order_that_goes_away_while_it_is_read_is_not_half_an_order():
    answers = iter([order(lineItems=connection([line()] * 60))])
    in_the_shop(order=lambda _info, id: next(answers, None))  # noqa: A006 -- the schema's name
    with pytest.raises(GoneFromStore):
        lamplight().order(1042)


def test_one_fulfillment_order_is_read_back_as_it_stands():
    service = {"location": {"id": gid("Location", 2), "isFulfillmentService": True}}
    in_the_shop(fulfillmentOrder=fulfillment_order(assignedLocation=service, fulfillmentHolds=[], status="OPEN"))
    seen = lamplight().fulfillment_order(30)
    assert seen is not None
    assert (seen.order_id, seen.location_id, seen.is_service, seen.holds) == (1042, 2, True, ())


def test_a_fulfillment_order_whose_location_was_deleted_has_none():
    in_the_shop(fulfillmentOrder=fulfillment_order(assignedLocation={"location": None}))
    seen = lamplight().fulfillment_order(30)
    assert seen is not None
    assert (seen.location_id, seen.is_service) == (None, False)


def test_a_hold_of_somebody_else_without_a_handle_is_not_ours():
    theirs = {"id": gid("FulfillmentHold", 51), "handle": "", "reason": "OTHER", "heldByRequestingApp": False}
    in_the_shop(fulfillmentOrder=fulfillment_order(fulfillmentHolds=[theirs]))
    seen = lamplight().fulfillment_order(30)
    assert seen is not None
    assert seen.holds == (HoldSeen(51, None, "OTHER", ours=False),)


def test_a_part_without_an_inventory_item_has_none():
    in_the_shop(fulfillmentOrder=fulfillment_order(lineItems=connection([part(40) | {"inventoryItemId": None}])))
    seen = lamplight().fulfillment_order(30)
    assert seen is not None
    assert seen.parts[0].item_id is None


def test_a_fulfillment_order_that_is_gone_is_none():
    in_the_shop(fulfillmentOrder=None)
    assert lamplight().fulfillment_order(30) is None


def test_orders_are_read_together_and_those_that_are_not_shown_are_missing():
    shown = {gid("Order", number): {"__typename": "Order", **order(id=gid("Order", number))} for number in range(1, 8)}
    asked = in_the_shop(nodes=lambda _info, ids: [shown.get(each) for each in ids])
    seen = lamplight().orders([*range(1, 8), 99])
    assert {number: one.order_id for number, one in seen.items()} == {number: number for number in range(1, 8)}
    assert [len(variables["ids"]) for variables in asked] == [5, 3]


def test_orders_that_are_refused_together_are_asked_for_one_by_one():
    broken = gid("Order", 2)

    def nodes(_info, ids):
        if len(ids) > 1:
            raise ValueError("too dear")
        return [None if each == broken else {"__typename": "Order", **order(id=each)} for each in ids]

    asked = in_the_shop(refusing=True, nodes=nodes)
    assert sorted(lamplight().orders([1, 2, 3])) == [1, 3]
    assert [len(variables["ids"]) for variables in asked] == [3, 1, 1, 1]
