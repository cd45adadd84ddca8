"""How the app is for this shop, and the button that compares it with the store."""

from backorder import reconcile as reconciling
from backorder.db.reconciliations import Why
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema import NoQuery, Nothing
from plugin.shown import comparisons, health
from plugin.shown.comparisons import Comparisons


@endpoint(
    "Whether the app hears of the store, keeps up with it, agrees with it and may enter it",
    reads=NoQuery,
    answers=health.HealthShown,
)
def show_health(call: Call, _: NoQuery) -> health.HealthShown:
    return health.of_shop(call.house, call.caller.shop)


@endpoint(
    "Compare the books with the store; one that is under way will do", reads=Nothing, answers=Comparisons, status=202
)
def compare_now(call: Call, _: Nothing) -> Comparisons:
    reconciling.ask(call.house, call.shop_id, Why.DEMAND, call.caller.actor)
    return comparisons.of_shop(call.house, call.caller.shop)
