"""Transfers and shipments, by hand: announce goods, send them off, say when they arrive, receive them, call them off."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, request
from werkzeug.wrappers import Response

from devstore import transfers
from devstore.backoffice.door import attempt, backoffice, number, one_moment, page
from devstore.here import current_world, shop_or_404
from devstore.model import Shipment, Shop, Transfer
from devstore.saying import StoreSays
from devstore.world import World

ENDED = ("TRANSFERRED", "CANCELED")


@backoffice.get("/<shop>/admin/transfers")
@one_moment
def list_transfers(shop: str) -> str:
    """Every transfer, the newest first."""
    found = shop_or_404(shop)
    return page("transfers", found, transfers=list(found.transfers.values())[::-1])


@backoffice.get("/<shop>/admin/transfers/<int:transfer_id>")
@one_moment
def show_transfer(shop: str, transfer_id: int) -> str:
    """One transfer with its shipments."""
    found = shop_or_404(shop)
    transfer = _transfer_or_404(found, transfer_id)
    names = {variant.item_id: found.product_of(variant).title for variant in found.variants.values()}
    return page("transfer", found, transfer=transfer, names=names, ended=transfer.status in ENDED)


@backoffice.post("/<shop>/admin/transfers")
def announce(shop: str) -> Response:
    """Announce units of one thing; more are added on its page."""
    world, found = current_world(), shop_or_404(shop)

    def act() -> str:
        units = number("units", "The number of units")
        made = transfers.announce(
            world,
            found,
            [(number("item_id", "The item"), units)],
            number("destination_id", "The destination"),
            origin_id=request.form.get("origin_id", type=int) or None,
            reference=request.form.get("reference", "").strip() or None,
            ready="draft" not in request.form,
        )
        return f"{made.name} is announced."

    return attempt(act, f"/{found.domain}/admin/transfers")


def _ready(world: World, shop: Shop, transfer: Transfer) -> str:
    transfers.mark_ready(world, shop, transfer.id)
    return "Ready to ship."


def _edit(world: World, shop: Shop, transfer: Transfer) -> str:
    tags = [tag.strip() for tag in request.form.get("tags", "").split(",") if tag.strip()]
    words = {name: request.form.get(name, "").strip() for name in ("reference", "note")}
    transfers.edit(world, shop, transfer.id, tags=tags, **words)
    return "Saved."


def _items(world: World, shop: Shop, transfer: Transfer) -> str:
    units = [(line.item_id, number(f"units-{line.id}", "The number of units")) for line in transfer.lines]
    if more := request.form.get("item_id", type=int):
        units.append((more, number("units", "The number of units")))
    transfers.set_items(world, shop, transfer.id, [pair for pair in units if pair[1]])
    return "Saved."


def _send(world: World, shop: Shop, transfer: Transfer) -> str:
    counts = [(line.item_id, request.form.get(f"units-{line.id}", 0, type=int)) for line in transfer.lines]
    in_transit = "draft" not in request.form
    units = [pair for pair in counts if pair[1]]
    sent = transfers.send(world, shop, transfer.id, units, arrives_at=_arrives_at(shop), in_transit=in_transit)
    return f"{sent.name} {'is on its way' if in_transit else 'is a draft'}."


def _cancel(world: World, shop: Shop, transfer: Transfer) -> str:
    transfers.cancel(world, shop, transfer.id)
    return "Canceled: what was not received will not come."


ACTS: dict[str, Callable[[World, Shop, Transfer], str]] = {
    "ready": _ready,
    "edit": _edit,
    "items": _items,
    "send": _send,
    "cancel": _cancel,
}


@backoffice.post("/<shop>/admin/transfers/<int:transfer_id>/<name>")
def transfer_act(shop: str, transfer_id: int, name: str) -> Response:
    """Do something with a transfer, then back to it."""
    world, found = current_world(), shop_or_404(shop)
    transfer, act = _transfer_or_404(found, transfer_id), ACTS.get(name)
    if act is None:
        abort(404, "Nothing of that kind can be done with a transfer.")
    return attempt(lambda: act(world, found, transfer), f"/{found.domain}/admin/transfers/{transfer_id}#{name}", name)


def _transit(world: World, shop: Shop, shipment: Shipment) -> str:
    transfers.mark_in_transit(world, shop, shipment.id)
    return "On its way."


def _track(world: World, shop: Shop, shipment: Shipment) -> str:
    transfers.set_tracking(world, shop, shipment.id, arrives_at=_arrives_at(shop))
    return "Saved."


def _receive(world: World, shop: Shop, shipment: Shipment) -> str:
    accepted, rejected = (
        {line.item_id: request.form.get(f"{name}-{line.id}", 0, type=int) for line in shipment.lines}
        for name in ("accepted", "rejected")
    )
    transfers.receive(world, shop, shipment.id, accepted, rejected)
    return f"{sum(accepted.values())} received, {sum(rejected.values())} sent back."


def _delete(world: World, shop: Shop, shipment: Shipment) -> str:
    transfers.delete_shipment(world, shop, shipment.id)
    return f"{shipment.name} is deleted."


SHIPMENT_ACTS: dict[str, Callable[[World, Shop, Shipment], str]] = {
    "transit": _transit,
    "track": _track,
    "receive": _receive,
    "delete": _delete,
}


@backoffice.post("/<shop>/admin/transfers/<int:transfer_id>/shipments/<int:shipment_id>/<name>")
def shipment_act(shop: str, transfer_id: int, shipment_id: int, name: str) -> Response:
    """Do something with a shipment, then back to its transfer."""
    world, found = current_world(), shop_or_404(shop)
    transfer, act = _transfer_or_404(found, transfer_id), SHIPMENT_ACTS.get(name)
    shipment = next((each for each in transfer.shipments if each.id == shipment_id), None)
    if shipment is None or act is None:
        abort(404, "There is no such shipment, or nothing of that kind to do with it.")
    where = f"shipment-{shipment_id}"
    back = f"/{found.domain}/admin/transfers/{transfer_id}#{where}"
    return attempt(lambda: act(world, found, shipment), back, where)


def _arrives_at(shop: Shop) -> datetime | None:
    """Noon, in the shop's time, of the day in the form; None where none is given. Raises ``StoreSays``."""
    text = request.form.get("arrives_on", "").strip()
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise StoreSays("The day of arrival is a date.", ("arrives_on",)) from None
    return day.replace(hour=12, tzinfo=ZoneInfo(shop.timezone))


def _transfer_or_404(shop: Shop, transfer_id: int) -> Transfer:
    return shop.transfers.get(transfer_id) or abort(404, "There is no such transfer.")
