"""Transfers of the store as shown: what is on its way, which purchase order it carries, and what may be announced twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from backorder.db import catalogue, lots, purchase_orders, transfers
from backorder.db.shops import Shop
from backorder.db.transfers import Transfer, TransferPart
from backorder.house import House
from backorder.rules.lots import LotKind
from backorder.rules.transfers import Ordered, announced_twice
from backorder.rules.working_calendar import WorkingCalendar
from plugin.shown.model import Shown
from plugin.shown.today import today

GONE = "A variant that is gone"


class TransferPartShown(Shown):
    """Units of one variant: on one shipment of a transfer, or on none yet (``arrives_on`` None: nobody has said when)."""

    label: str
    title: str
    units: int
    received: int
    to_come: int
    arrives_on: date | None


class TransferShown(Shown):
    """A transfer. ``linked_by`` says who knows what it carries: *mention* (its own words), *person*, or nobody."""

    transfer_id: int
    name: str
    status: str
    purchase_order_id: int | None
    linked_by: str | None
    parts: tuple[TransferPartShown, ...]

    @property
    def to_come(self) -> int:
        """Units still to come."""
        return sum(part.to_come for part in self.parts)


class OfOrder(Shown):
    """``carrying`` a purchase order are these transfers; ``others`` bring some of its goods, and nobody has said what they carry."""

    carrying: tuple[TransferShown, ...]
    others: tuple[TransferShown, ...]


class LateShipment(Shown):
    """A shipment of the store that should have been here."""

    label: str
    title: str
    units: int
    due_on: date


class Double(Shown):
    """A purchase order and a transfer that look like the same goods: expected twice until somebody says."""

    purchase_order_id: int
    number: str
    transfer_id: int
    name: str
    title: str
    ordered: int
    to_come: int


def one(house: House, shop: Shop, transfer_id: int) -> TransferShown | None:
    """A transfer of the shop, or None."""
    with house.db.read() as tx:
        found = transfers.many(tx, shop.shop_id, [transfer_id])
    shown = _shown(house, shop, found.values())
    return shown[0] if shown else None


def of_order(house: House, shop: Shop, purchase_order_id: int) -> OfOrder:
    """What brings the goods of a purchase order, as the store tells it."""
    with house.db.read() as tx:
        order = purchase_orders.one(tx, shop.shop_id, purchase_order_id)
        wanted = {line.item_id for line in order.lines} if order else set()
        carrying = transfers.carrying(tx, shop.shop_id, [purchase_order_id])
        open_ones = transfers.unlinked(tx, shop.shop_id)
        parts = transfers.parts(tx, shop.shop_id, [each.transfer_id for each in open_ones])
    bringing = {part.transfer_id for part in parts if part.item_id in wanted}
    others = [each for each in open_ones if each.transfer_id in bringing]
    return OfOrder(carrying=_shown(house, shop, carrying), others=_shown(house, shop, others))


def late(house: House, shop: Shop, now: datetime) -> tuple[LateShipment, ...]:
    """Shipments whose day has passed, the longest ago first."""
    day = today(shop, now)
    with house.db.read() as tx:
        found = [lot for lot in lots.arrivals(tx, shop.shop_id) if lot.kind is LotKind.SHIPMENT and lot.overdue(day)]
        titles = {
            v.item_id: v.full_title
            for v in catalogue.variants_of_items(tx, shop.shop_id, {lot.item_id for lot in found})
        }
    return tuple(
        LateShipment(label=lot.label, title=titles.get(lot.item_id, GONE), units=lot.units, due_on=lot.due_on)
        for lot in found
        if lot.due_on is not None
    )


def doubles(house: House, shop: Shop) -> tuple[Double, ...]:
    """Goods that look announced twice to the same place; each pair is named once, by its first goods."""
    with house.db.read() as tx:
        open_ones = {each.transfer_id: each for each in transfers.unlinked(tx, shop.shop_id)}
        parts = transfers.parts(tx, shop.shop_id, open_ones)
        lines = purchase_orders.lines_of_items(tx, shop.shop_id, {part.item_id for part in parts})
        titles = {
            v.item_id: v.full_title
            for v in catalogue.variants_of_items(tx, shop.shop_id, {line.item_id for line in lines})
        }
    brought: dict[tuple[int, int, int], list[TransferPart]] = defaultdict(list)
    for part in parts:
        brought[part.transfer_id, part.item_id, part.location_id].append(part)
    calendar = WorkingCalendar(timezone=shop.timezone)
    found: dict[tuple[int, int], Double] = {}
    for line in lines:
        ordered = Ordered(line.line_id, line.outstanding, line.due_on)
        for (transfer_id, item_id, location_id), of_goods in brought.items():
            pair = (line.purchase_order_id, transfer_id)
            if pair in found or (item_id, location_id) != (line.item_id, line.location_id):
                continue
            to_come = sum(part.to_come for part in of_goods)
            days = [calendar.day(part.arrives_at) for part in of_goods if part.arrives_at and part.to_come]
            if announced_twice(ordered, to_come, min(days, default=None)):
                found[pair] = Double(
                    purchase_order_id=line.purchase_order_id,
                    number=line.number,
                    transfer_id=transfer_id,
                    name=open_ones[transfer_id].name,
                    title=titles.get(item_id, GONE),
                    ordered=line.outstanding,
                    to_come=to_come,
                )
    return tuple(found.values())


def _shown(house: House, shop: Shop, found: Iterable[Transfer]) -> tuple[TransferShown, ...]:
    known = {each.transfer_id: each for each in found}
    with house.db.read() as tx:
        parts = transfers.parts(tx, shop.shop_id, known)
        sold = catalogue.variants_of_items(tx, shop.shop_id, {part.item_id for part in parts})
    titles = {variant.item_id: variant.full_title for variant in sold}
    calendar = WorkingCalendar(timezone=shop.timezone)
    return tuple(
        TransferShown(
            transfer_id=each.transfer_id,
            name=each.name,
            status=each.status.replace("_", " ").lower(),
            purchase_order_id=each.purchase_order_id,
            linked_by=each.linked_by.value if each.linked_by else None,
            parts=_parts(calendar, titles, [part for part in parts if part.transfer_id == each.transfer_id]),
        )
        for each in known.values()
    )


def _parts(
    calendar: WorkingCalendar, titles: dict[int, str], parts: Sequence[TransferPart]
) -> tuple[TransferPartShown, ...]:
    return tuple(
        TransferPartShown(
            label=part.label,
            title=titles.get(part.item_id, GONE),
            units=part.units,
            received=part.accepted,
            to_come=part.to_come,
            arrives_on=calendar.day(part.arrives_at) if part.arrives_at else None,
        )
        for part in parts
    )
