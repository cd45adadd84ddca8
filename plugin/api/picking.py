"""The pick list: what may be sent now."""

from backorder import picking
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.picking import PickingAsked
from plugin.shown.picking import PickList, pick_list
from plugin.shown.sheets import FileShown


@endpoint("What may be sent now, order by order", reads=PickingAsked, answers=PickList)
def list_picking(call: Call, asked: PickingAsked) -> PickList:
    return pick_list(call.house, call.caller.shop, asked.location_id)


@endpoint("What may be sent now as a CSV file, bin by bin", reads=PickingAsked, answers=FileShown)
def export_picking(call: Call, asked: PickingAsked) -> FileShown:
    return FileShown(name="pick-list.csv", content=picking.export(call.house, call.shop_id, asked.location_id))
