"""One order: its claims, what was promised, why this date, and how it leaves."""

from backorder import choose_way, elsewhere
from backorder.rules.mixed import Way
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema import NoQuery, Nothing, WayChoice
from plugin.here import business_now
from plugin.shown import orders


@endpoint("One order with its claims, promise history and reasons", reads=NoQuery, answers=orders.OrderShown)
def show_order(call: Call, _: NoQuery, order_id: int) -> orders.OrderShown:
    found = orders.one(call.house, call.caller.shop, order_id, business_now())
    if found is None:
        raise not_found("The shop has no such order.")
    return found


@endpoint("Say how an order leaves of which something waits", reads=WayChoice, answers=orders.OrderShown)
def choose_way_of_order(call: Call, asked: WayChoice, order_id: int) -> orders.OrderShown:
    now = business_now()
    choose_way.choose(call.house, call.shop_id, order_id, Way(asked.way), actor=call.caller.actor, now=now)
    return show_order.work(call, NoQuery(), order_id=order_id)  # type: ignore[return-value]  # what it answers


@endpoint("Send what waits of an order from where it lies free", reads=Nothing, answers=orders.OrderShown)
def serve_order_elsewhere(call: Call, _: Nothing, order_id: int) -> orders.OrderShown:
    now = business_now()
    elsewhere.serve_elsewhere(call.house, call.shop_id, order_id, actor=call.caller.actor, now=now)
    return show_order.work(call, NoQuery(), order_id=order_id)  # type: ignore[return-value]  # what it answers
