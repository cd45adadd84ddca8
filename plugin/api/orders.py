"""One order: its claims, what was promised, and why this date."""

from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema import NoQuery
from plugin.here import business_now
from plugin.shown import orders


@endpoint("One order with its claims, promise history and reasons", reads=NoQuery, answers=orders.OrderShown)
def show_order(call: Call, _: NoQuery, order_id: int) -> orders.OrderShown:
    found = orders.one(call.house, call.caller.shop, order_id, business_now())
    if found is None:
        raise not_found("The shop has no such order.")
    return found
