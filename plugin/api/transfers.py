"""Transfers of the store: which purchase order one carries."""

from backorder import incoming
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.transfers import TransferLink
from plugin.here import business_now
from plugin.shown import transfers
from plugin.shown.transfers import TransferShown


@endpoint("Say which purchase order a transfer carries", reads=TransferLink, answers=TransferShown)
def link_transfer(call: Call, link: TransferLink, transfer_id: int) -> TransferShown:
    incoming.carries(
        call.house, call.shop_id, transfer_id, link.purchase_order_id, actor=call.caller.actor, now=business_now()
    )
    found = transfers.one(call.house, call.caller.shop, transfer_id)
    if found is None:
        raise not_found("The shop has no such transfer.")
    return found
