"""Arrival days: the work that what is to come brings."""

from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.model import NoQuery
from plugin.here import business_now
from plugin.shown.workload import ArrivalDays, arrival_days


@endpoint("Orders, lines, units and hours by the day on which goods arrive", reads=NoQuery, answers=ArrivalDays)
def show_arrivals(call: Call, _: NoQuery) -> ArrivalDays:
    return arrival_days(call.house, call.caller.shop, business_now())
