"""One order: its claims, what was promised, why this date, and how it leaves."""

from datetime import datetime

from backorder import by_hand, choose_way, elsewhere
from backorder.by_hand import Deed
from backorder.rules.mixed import Way
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.model import NoQuery, Nothing
from plugin.api.schema.orders import ByHand, WayChoice
from plugin.here import business_now
from plugin.shown import orders
from plugin.shown.model import Shown
from plugin.shown.movement import MovementShown


@endpoint("One order with its claims, promise history and reasons", reads=NoQuery, answers=orders.OrderShown)
def show_order(call: Call, _: NoQuery, order_id: int) -> orders.OrderShown:
    return _one(call, order_id, business_now())


@endpoint("Say how an order leaves of which something waits", reads=WayChoice, answers=orders.OrderShown)
def choose_way_of_order(call: Call, asked: WayChoice, order_id: int) -> orders.OrderShown:
    now = business_now()
    choose_way.choose(call.house, call.shop_id, order_id, Way(asked.way), actor=call.caller.actor, now=now)
    return _one(call, order_id, now)


class Stays(Shown):
    """Why nothing of an order may be sent from where it lies free; null if some of it may."""

    why: str | None


@endpoint(
    "Whether what waits of an order may be sent from where it lies free, as the store says",
    reads=NoQuery,
    answers=Stays,
)
def ask_elsewhere(call: Call, _: NoQuery, order_id: int) -> Stays:
    return Stays(why=elsewhere.why_it_stays(call.house, call.shop_id, order_id, business_now()))


@endpoint("Send what waits of an order from where it lies free", reads=Nothing, answers=orders.OrderShown)
def serve_order_elsewhere(call: Call, _: Nothing, order_id: int) -> orders.OrderShown:
    now = business_now()
    elsewhere.serve_elsewhere(call.house, call.shop_id, order_id, actor=call.caller.actor, now=now)
    return _one(call, order_id, now)


@endpoint("Whose day would move if this were done with a line by hand", reads=ByHand, answers=MovementShown)
def preview_by_hand(call: Call, asked: ByHand, order_line_id: int) -> MovementShown:
    return MovementShown(by_hand.preview(call.house, call.shop_id, _deed(asked, order_line_id), business_now()))


@endpoint(
    "Give units to a line by hand, take them back, or move it up", reads=ByHand, answers=MovementShown, keyed=True
)
def change_by_hand(call: Call, asked: ByHand, order_line_id: int) -> MovementShown:
    deed, now = _deed(asked, order_line_id), business_now()
    return MovementShown(by_hand.do(call.house, call.shop_id, deed, actor=call.caller.actor, now=now))


@endpoint("Undo what was done with a line by hand", reads=Nothing, answers=orders.OrderShown)
def undo_by_hand(call: Call, _: Nothing, queue_act_id: int) -> orders.OrderShown:
    now = business_now()
    order_id = by_hand.undo(call.house, call.shop_id, queue_act_id, actor=call.caller.actor, now=now)
    return _one(call, order_id, now)


def _one(call: Call, order_id: int, now: datetime) -> orders.OrderShown:
    found = orders.one(call.house, call.caller.shop, order_id, now)
    if found is None:
        raise not_found("The shop has no such order.")
    return found


def _deed(asked: ByHand, line_id: int) -> Deed:
    return Deed(line_id, asked.what, asked.reason, asked.units, asked.location_id)
