"""How the app is for this shop, the button that compares it with the store, and what a comparison found."""

from backorder import reconcile as reconciling
from backorder.db.reconciliations import Why
from backorder.rules.causes import Kind
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.health import DifferencesAsked, DifferencesExported
from plugin.api.schema.model import NoQuery, Nothing
from plugin.shown import comparisons, differences, health
from plugin.shown.comparisons import Comparisons
from plugin.shown.differences import DifferencesShown
from plugin.shown.sheets import FileShown

NO_SUCH = "The shop has no such comparison."


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


@endpoint(
    "What a comparison found: what both sides said, why as far as can be told, and what puts it right",
    reads=DifferencesAsked,
    answers=DifferencesShown,
)
def list_differences(call: Call, asked: DifferencesAsked, comparison_id: int) -> DifferencesShown:
    found = differences.of_comparison(call.house, call.caller.shop, comparison_id, _kind(asked), asked.offset)
    if found is None:
        raise not_found(NO_SUCH)
    return found


@endpoint("What a comparison found as a CSV file", reads=DifferencesExported, answers=FileShown)
def export_differences(call: Call, asked: DifferencesExported, comparison_id: int) -> FileShown:
    content = differences.sheet(call.house, call.caller.shop, comparison_id, _kind(asked))
    if content is None:
        raise not_found(NO_SUCH)
    return FileShown(name=f"comparison-{comparison_id}.csv", content=content)


def _kind(asked: DifferencesExported) -> Kind | None:
    return None if asked.kind is None else Kind(asked.kind)
