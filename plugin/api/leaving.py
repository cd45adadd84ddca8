"""Leaving a shop, coming back, and what its customers are owed."""

from backorder import leave, owed
from backorder.errors import Refused
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.leaving import LeavingSaid
from plugin.api.schema.model import NoQuery, Nothing
from plugin.here import business_now
from plugin.shown import leaving
from plugin.shown.leaving import LeavingShown
from plugin.shown.sheets import FileShown


@endpoint("Whether the app has left, and what of it is in the store still", reads=NoQuery, answers=LeavingShown)
def show_leaving(call: Call, _: NoQuery) -> LeavingShown:
    return leaving.of_shop(call.house, call.caller.shop)


@endpoint("Take everything of the app back out of the store", reads=LeavingSaid, answers=LeavingShown)
def leave_shop(call: Call, said: LeavingSaid) -> LeavingShown:
    if not said.sure:
        raise Refused("sure", "Say that you are sure: from then on nothing is held or sold on backorder.")
    leave.leave(call.house, call.shop_id, actor=call.caller.actor, now=business_now())
    return leaving.of_shop(call.house, call.caller.shop)


@endpoint("Let the app work for the shop again", reads=Nothing, answers=LeavingShown)
def come_back(call: Call, _: Nothing) -> LeavingShown:
    leave.come_back(call.house, call.shop_id, actor=call.caller.actor, now=business_now())
    return leaving.of_shop(call.house, call.caller.shop)


@endpoint("What customers wait for as a CSV file, with whom to write to", reads=NoQuery, answers=FileShown)
def export_owed(call: Call, _: NoQuery) -> FileShown:
    return FileShown(name="owed.csv", content=owed.export(call.house, call.shop_id))
