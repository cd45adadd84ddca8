"""What may come too late, before it does."""

from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.model import NoQuery
from plugin.here import business_now
from plugin.shown import risk
from plugin.shown.risk import RiskShown


@endpoint("Promises that are likely to be late, least likely kept first", reads=NoQuery, answers=RiskShown)
def list_risks(call: Call, _: NoQuery) -> RiskShown:
    return risk.of_shop(call.house, call.caller.shop, business_now())
