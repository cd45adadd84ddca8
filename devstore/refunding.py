"""Money goes back for some units of an order, and the units leave it: before they ship, or after."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from devstore.model import Agreement, LineItem, Order, Refund, RefundLine, Sale, Shop, Transaction
from devstore.payloads import order_payload, refund_payload
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.taking_out import check_free, take_out
from devstore.world import World

RestockType = Literal["CANCEL", "RETURN", "NO_RESTOCK"]


@dataclass(frozen=True)
class Back:
    """Units of a line that are paid back.

    CANCEL: they had not shipped and become available. RETURN: they had shipped and are on the shelf of ``location_id``
    again (where the order shipped from, if none is named). NO_RESTOCK: they go on no shelf; unshipped ones leave it.
    """

    line_item_id: int
    units: int
    restock: RestockType = "CANCEL"
    location_id: int | None = None


def refund(
    world: World, shop: Shop, order_id: int, lines: Sequence[Back], *, note: str | None = None, by: str = "merchant"
) -> Refund:
    """Pay back what some units cost and take them out of the order, all or none. Raises ``StoreSays``."""
    with world.lock:
        order = shop.orders.get(order_id)
        if order is None or order.cancelled_at is not None:
            raise StoreSays("Order does not exist or is cancelled.", ("input", "orderId"))
        found = [(_line(order, back), back) for back in lines]
        if not found or len({line.id for line, _ in found}) != len(found):
            raise StoreSays("Name each line once, and at least one.", ("input", "refundLineItems"))
        for line, back in found:
            _check(shop, order, line, back)
        now = world.now()
        made = Refund(shop.next_id(), now, note, any(back.restock != "NO_RESTOCK" for back in lines))
        agreement = Agreement(shop.next_id(), now, "REFUND")
        told: list[object] = []
        for line, back in found:
            unshipped = _take(world, shop, order, line, back, told)
            place = back.location_id if back.restock == "RETURN" else order.assigned[line.id]
            kind = back.restock.lower()
            made.lines.append(RefundLine(shop.next_id(), line.id, back.units, kind, place))
            had_shipped = back.units - unshipped
            agreement.sales.append(Sale(shop.next_id(), line.id, "RETURN", -back.units, had_shipped))
        order.refunds.append(made)
        order.agreements.append(agreement)
        order.updated_at = now
        _pay_back(shop, order, made, sum((line.price * back.units for line, back in found), Decimal(0)))
        shop.note(now, "refunded", by, order_id=order.id, refund_id=made.id, lines=told)
        world.emit(shop, "refunds/create", refund_payload(shop, order, made))
        world.emit(shop, "orders/updated", order_payload(world, shop, order))
        return made


def _line(order: Order, back: Back) -> LineItem:
    line = next((each for each in order.line_items if each.id == back.line_item_id), None)
    if line is None:
        raise StoreSays("The order has no such line.", ("input", "refundLineItems"))
    return line


def _check(shop: Shop, order: Order, line: LineItem, back: Back) -> None:
    if back.restock == "CANCEL":
        check_free(shop, order, line, back.units)
        return
    if back.restock == "NO_RESTOCK" and line.unfulfilled:
        check_free(shop, order, line, min(back.units, line.unfulfilled))
    most = line.shipped if back.restock == "RETURN" else line.current_quantity
    if not 0 < back.units <= most:
        raise StoreSays(f"Of this line 1 to {most} units can be refunded so.", ("input", "refundLineItems"))
    if back.location_id is not None and back.location_id not in shop.locations:
        raise StoreSays("The location does not exist.", ("input", "refundLineItems", "locationId"))


def _take(world: World, shop: Shop, order: Order, line: LineItem, back: Back, told: list[object]) -> int:
    """Take the units out of the order, and tell the journal what became of them. How many had not shipped."""
    unshipped = 0 if back.restock == "RETURN" else min(back.units, line.unfulfilled)
    parts = take_out(world, shop, order, line, unshipped, restock=back.restock == "CANCEL") if unshipped else []
    came_back = back.units - unshipped
    line.current_quantity -= came_back
    line.returned += came_back
    place = back.location_id or order.assigned[line.id]
    if back.restock == "RETURN" and line.item_id is not None and shop.tracks(line.item_id):
        shift(world, shop, level_at(world, shop, line.item_id, place), available=came_back)
    told.append(
        {
            "line_item_id": line.id,
            "units": back.units,
            "unshipped": unshipped,
            "restock": back.restock,
            "location_id": place,
            "parts": parts,
        }
    )
    return unshipped


def _pay_back(shop: Shop, order: Order, made: Refund, amount: Decimal) -> None:
    if order.financial_status not in {"PAID", "PARTIALLY_REFUNDED"} or not amount:
        return
    money = Transaction(shop.next_id(), "REFUND", "SUCCESS", amount, made.created_at)
    made.transactions.append(money)
    order.transactions.append(money)
    whole = not any(line.current_quantity for line in order.line_items)
    order.financial_status = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
