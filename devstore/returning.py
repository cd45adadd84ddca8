"""Buyers send back what they got: a return is opened, and of each unit somebody says what became of it."""

from collections.abc import Sequence

from devstore.model import Agreement, Disposition, LineItem, Order, Return, ReturnLine, Sale, Shop
from devstore.payloads import order_payload
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.world import World

KINDS = ("RESTOCKED", "NOT_RESTOCKED", "PROCESSING_REQUIRED", "MISSING")


def open_return(
    world: World, shop: Shop, order_id: int, lines: Sequence[tuple[int, int]], *, by: str = "merchant"
) -> Return:
    """The buyer sends back (line item id, units) that have shipped: they leave the order, no shelf moves yet.

    Raises ``StoreSays``.
    """
    with world.lock:
        order = shop.orders.get(order_id)
        if order is None:
            raise StoreSays("Order does not exist.", ("returnInput", "orderId"))
        found = [(line, units) for number, units in lines for line in order.line_items if line.id == number]
        if not found or len({line.id for line, _ in found}) != len(lines):
            raise StoreSays("Name each line once, and at least one.", ("returnInput", "returnLineItems"))
        for line, units in found:
            if not 0 < units <= line.shipped:
                raise StoreSays(f"Of this line 1 to {line.shipped} units have shipped.", ("returnInput",))
        now = world.now()
        made = Return(shop.next_id(), f"{order.name}-R{len(order.returns) + 1}", now)
        agreement = Agreement(shop.next_id(), now, "RETURN")
        for line, units in found:
            line.current_quantity -= units
            line.returned += units
            made.lines.append(ReturnLine(shop.next_id(), line.id, units))
            agreement.sales.append(Sale(shop.next_id(), line.id, "RETURN", -units, units))
        order.returns.append(made)
        order.agreements.append(agreement)
        _tell(world, shop, order, "return opened", by, return_id=made.id, lines=_told(found))
        return made


def dispose(
    world: World,
    shop: Shop,
    return_line_id: int,
    units: int,
    *,
    kind: str = "RESTOCKED",
    location_id: int | None = None,
    by: str = "merchant",
) -> Return:
    """Say what became of ``units`` of a return's line. RESTOCKED: on the shelf of a location, where they shipped from if none is named.

    Raises ``StoreSays``.
    """
    with world.lock:
        order, made, sent = _found(shop, return_line_id)
        line = order.line(sent.line_item_id)
        if kind not in KINDS or not 0 < units <= sent.undecided:
            raise StoreSays(f"Of this line 1 to {sent.undecided} units are undecided.", ("dispositionInputs",))
        if location_id is not None and location_id not in shop.locations:
            raise StoreSays("The location does not exist.", ("dispositionInputs", "locationId"))
        place = location_id or order.assigned[line.id]
        sent.dispositions.append(
            Disposition(shop.next_id(), world.now(), kind, units, place if kind == "RESTOCKED" else None)
        )
        if kind == "RESTOCKED" and line.item_id is not None and shop.tracks(line.item_id):
            shift(world, shop, level_at(world, shop, line.item_id, place), available=units)
        if not any(each.undecided for each in made.lines):
            made.status = "CLOSED"
        told = {"line_item_id": line.id, "item_id": line.item_id, "units": units, "kind": kind, "location_id": place}
        _tell(world, shop, order, "return disposed", by, return_id=made.id, **told)
        return made


def _found(shop: Shop, return_line_id: int) -> tuple[Order, Return, ReturnLine]:
    for order in shop.orders.values():
        for made in order.returns:
            for line in made.lines:
                if line.id == return_line_id:
                    return order, made, line
    raise StoreSays("The return does not exist.", ("dispositionInputs",))


def _tell(world: World, shop: Shop, order: Order, act: str, by: str, **detail: object) -> None:
    order.updated_at = world.now()
    shop.note(world.now(), act, by, order_id=order.id, **detail)
    world.emit(shop, "orders/updated", order_payload(world, shop, order))


def _told(found: Sequence[tuple[LineItem, int]]) -> list[object]:
    return [{"line_item_id": line.id, "units": units} for line, units in found]
