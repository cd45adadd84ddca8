"""Suppliers: how late each of them is."""

from plugin.api.endpoint import Call, endpoint
from plugin.api.schema import NoQuery
from plugin.shown import lateness
from plugin.shown.lateness import LatenessShown


@endpoint("How late each supplier is, as learned from what was booked in", reads=NoQuery, answers=LatenessShown)
def list_lateness(call: Call, _: NoQuery) -> LatenessShown:
    return lateness.of_shop(call.house, call.caller.shop)
