"""Goods that the store says are on their way to a shop of the cast."""

from datetime import UTC, date, datetime

from backorder import incoming
from backorder.clock import transport_now
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.transfers import ShipmentLineSeen, ShipmentSeen, TransferLineSeen, TransferSeen
from tests.plugin.cast import NOW, Goods


def announce(
    house: House,
    shop: Shop,
    number: int,
    goods: Goods,
    units: int,
    *,
    shipped: int = 0,
    accepted: int = 0,
    arrives_on: date | None = None,
    reference: str | None = None,
) -> int:
    """A transfer of ``units``, of which a shipment carries ``shipped``; its id."""
    at = datetime(arrives_on.year, arrives_on.month, arrives_on.day, 17, tzinfo=UTC) if arrives_on else None
    line = ShipmentLineSeen(goods.item_id, shipped, accepted, 0, shipped - accepted)
    carried = (ShipmentSeen(number * 10, f"#T{number}-1", "IN_TRANSIT", at, (line,)),) if shipped else ()
    seen = TransferSeen(
        transfer_id=number,
        name=f"#T{number}",
        reference=reference,
        note=None,
        tags=frozenset(),
        status="IN_PROGRESS",
        origin_id=None,
        destination_id=1,
        lines=(TransferLineSeen(goods.item_id, units),),
        shipments=carried,
    )
    with house.db.write() as tx:
        incoming.note(tx, shop.shop_id, {number: seen}, transport_now(), NOW)
    return number
