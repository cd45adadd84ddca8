"""What becomes of an order after it was placed, by hand: edit its lines, refund, take goods back."""

from collections.abc import Mapping

from flask import request
from werkzeug.wrappers import Response

from devstore.backoffice.door import attempt, backoffice
from devstore.backoffice.orders import order_or_404
from devstore.editing import add_line, add_units, remove_units
from devstore.here import current_world, shop_or_404
from devstore.model import LineItem, Order
from devstore.refunding import Back, RestockType, refund
from devstore.returning import dispose, open_return
from devstore.saying import StoreSays

RESTOCKS: Mapping[str, RestockType] = {"CANCEL": "CANCEL", "RETURN": "RETURN", "NO_RESTOCK": "NO_RESTOCK"}


@backoffice.post("/<shop>/admin/orders/<int:order_id>/edit")
def edit(shop: str, order_id: int) -> Response:
    """Set how many units each line has; and add a line of something else."""
    world, found = current_world(), shop_or_404(shop)
    wanted = order_or_404(found, order_id)

    def act() -> str:
        restock, changed = "restock" in request.form, 0
        for line, units in _counts(wanted, "units", "unfulfilled"):
            more = units - line.unfulfilled
            if more > 0:
                add_units(world, found, wanted.id, line.id, more)
            elif more < 0:
                remove_units(world, found, wanted.id, line.id, -more, restock=restock)
            changed += abs(more)
        if request.form.get("variant_id", type=int):
            added = request.form.get("added", 0, type=int)
            add_line(world, found, wanted.id, request.form.get("variant_id", 0, type=int), added)
            changed += added
        return f"{changed} {'unit is' if changed == 1 else 'units are'} changed." if changed else "Nothing is changed."

    return attempt(act, f"/{found.domain}/admin/orders/{order_id}#lines", "lines")


@backoffice.post("/<shop>/admin/orders/<int:order_id>/refund")
def pay_back(shop: str, order_id: int) -> Response:
    """Pay units back; what had not shipped goes on the shelf or leaves it, what had shipped may come back."""
    world, found = current_world(), shop_or_404(shop)
    wanted = order_or_404(found, order_id)

    def act() -> str:
        kind = RESTOCKS.get(request.form.get("restock", ""))
        if kind is None:
            raise StoreSays("Choose what becomes of the units.", ("restock",))
        place = request.form.get("location_id", type=int)
        lines = [
            Back(line.id, units, kind, place) for line, units in _counts(wanted, "back", "current_quantity") if units
        ]
        refund(world, found, wanted.id, lines)
        return f"{sum(line.units for line in lines)} refunded."

    return attempt(act, f"/{found.domain}/admin/orders/{order_id}#lines", "lines")


@backoffice.post("/<shop>/admin/orders/<int:order_id>/return")
def send_back(shop: str, order_id: int) -> Response:
    """The buyer sends shipped units back."""
    world, found = current_world(), shop_or_404(shop)
    wanted = order_or_404(found, order_id)

    def act() -> str:
        lines = [(line.id, units) for line, units in _counts(wanted, "sent", "shipped") if units]
        made = open_return(world, found, wanted.id, lines)
        return f"{made.name} is open."

    return attempt(act, f"/{found.domain}/admin/orders/{order_id}#lines", "lines")


@backoffice.post("/<shop>/admin/orders/<int:order_id>/return_lines/<int:number>")
def decide(shop: str, order_id: int, number: int) -> Response:
    """Say what became of units that came back."""
    world, found = current_world(), shop_or_404(shop)
    order_or_404(found, order_id)

    def act() -> str:
        units = request.form.get("units", 0, type=int)
        kind, place = request.form.get("kind", ""), request.form.get("location_id", type=int)
        made = dispose(world, found, number, units, kind=kind, location_id=place)
        return f"{units} of {made.name} are decided about."

    return attempt(act, f"/{found.domain}/admin/orders/{order_id}#returns", "returns")


def _counts(order: Order, name: str, most: str) -> list[tuple[LineItem, int]]:
    """Units by line from the form; what is not in it stays as it is. Raises ``StoreSays``."""
    found = []
    for line in order.line_items:
        if f"{name}-{line.id}" in request.form:
            units = request.form.get(f"{name}-{line.id}", type=int)
            if units is None or units < 0 or (most != "unfulfilled" and units > getattr(line, most)):
                raise StoreSays(f"A number of units of {line.name} is missing or too large.", (name,))
            found.append((line, units))
    return found
