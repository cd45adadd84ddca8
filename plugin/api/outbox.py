"""Effects that stopped, and the button that tries one again."""

from backorder import manage
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.model import NoQuery, Nothing
from plugin.shown import troubles
from plugin.shown.troubles import Troubles


@endpoint("What did not happen, or may have happened", reads=NoQuery, answers=Troubles)
def list_troubled(call: Call, _: NoQuery) -> Troubles:
    return troubles.of_shop(call.house, call.caller.shop)


@endpoint("Try a stopped effect once more", reads=Nothing, answers=Troubles)
def try_again(call: Call, _: Nothing, outbox_id: int) -> Troubles:
    manage.try_again(call.house, call.shop_id, outbox_id, actor=call.caller.actor)
    return troubles.of_shop(call.house, call.caller.shop)
