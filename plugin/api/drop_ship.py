"""What suppliers send to buyers directly: passed on by letter or file, sent once more, shipped."""

from collections.abc import Collection

import structlog

from backorder import pass_on, sent_directly
from backorder.sent_directly import Parcel
from backorder.store.errors import StoreError
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.drop_ship import ExportAsked, FileOfLines, PassOnDraft, ShippedBySupplier
from plugin.api.schema.model import NoQuery, Nothing
from plugin.here import business_now
from plugin.problems import Kind, Problem, request_id
from plugin.shown import drop_ship
from plugin.shown.drop_ship import DropShipPage
from plugin.shown.sheets import FileShown

log = structlog.get_logger(__name__)


@endpoint("What suppliers are to send, and what they were told", reads=NoQuery, answers=DropShipPage)
def show_drop_ship(call: Call, _: NoQuery) -> DropShipPage:
    return drop_ship.page(call.house, call.caller.shop)


@endpoint(
    "Pass lines on to a supplier, by a letter or some other way", reads=PassOnDraft, answers=DropShipPage, keyed=True
)
def pass_on_lines(call: Call, draft: PassOnDraft, supplier_id: int) -> DropShipPage:
    chosen = None if draft.line_ids is None else set(draft.line_ids)
    pass_on.send(
        call.house,
        call.shop_id,
        supplier_id,
        chosen,
        draft.note,
        by_mail=draft.by_mail,
        actor=call.caller.actor,
        now=business_now(),
    )
    return drop_ship.page(call.house, call.caller.shop)


@endpoint("What is to be passed on to a supplier as a CSV file, with addresses", reads=ExportAsked, answers=FileShown)
def export_to_pass_on(call: Call, asked: ExportAsked, supplier_id: int) -> FileShown:
    return _file(call, supplier_id, None if asked.line_ids is None else set(asked.line_ids))


@endpoint("These lines of what is to be passed on as a CSV file, with addresses", reads=FileOfLines, answers=FileShown)
def export_chosen_lines(call: Call, asked: FileOfLines, supplier_id: int) -> FileShown:
    return _file(call, supplier_id, set(asked.line_ids))


@endpoint("Mail a letter to a supplier once more", reads=Nothing, answers=DropShipPage, keyed=True)
def send_letter_again(call: Call, _: Nothing, letter_id: int) -> DropShipPage:
    pass_on.send_again(call.house, call.shop_id, letter_id, actor=call.caller.actor)
    return drop_ship.page(call.house, call.caller.shop)


@endpoint("A supplier shipped a line; the store is told", reads=ShippedBySupplier, answers=DropShipPage)
def ship_by_supplier(call: Call, said: ShippedBySupplier, order_line_id: int) -> DropShipPage:
    parcel = Parcel(said.carrier, said.tracking, said.url)
    actor, now = call.caller.actor, business_now()
    sent_directly.shipped(call.house, call.shop_id, order_line_id, parcel, actor=actor, now=now)
    return drop_ship.page(call.house, call.caller.shop)


def _file(call: Call, supplier_id: int, chosen: Collection[int] | None) -> FileShown:
    try:
        return FileShown(name="drop-ship.csv", content=pass_on.export(call.house, call.shop_id, supplier_id, chosen))
    except StoreError as error:
        log.warning("addresses not read", shop_id=call.shop_id, request_id=request_id(), reason=str(error))
        detail = "The store did not show the addresses. Nothing was changed: try again in a moment."
        raise Problem(Kind.STORE, detail, headers={"Retry-After": "5"}) from error
