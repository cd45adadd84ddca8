"""The book of transfers: what the store says is on its way, by transfer, shipment and item, and which purchase order it carries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    or_,
    select,
    update,
)

from backorder.db.arrays import among, delete_rows
from backorder.db.columns import SHOP, Instant, OwnId, StoreId, Words, metadata
from backorder.db.upsert import upsert
from backorder.rules.transfers import UNSHIPPED, Part

transfers = Table(
    "transfers",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("transfer_id", StoreId, primary_key=True, autoincrement=False),
    Column("name", Words(64), nullable=False),
    Column("status", String(16), nullable=False),
    # Where it goes; NULL: to a location that the shop no longer has.
    Column("location_id", StoreId),
    # What may be the number of a purchase order, for one that is entered later.
    Column("mentions", JSON, nullable=False),
    Column("purchase_order_id", StoreId),
    Column("linked_by", String(16)),
    Column("read_at", Instant, nullable=False),
    Index("ix_transfers_shop_id_purchase_order_id", "shop_id", "purchase_order_id"),
)

transfer_parts = Table(
    "transfer_parts",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("transfer_id", StoreId, nullable=False),
    # 0: what no shipment carries yet.
    Column("shipment_id", StoreId, nullable=False),
    Column("item_id", StoreId, nullable=False),
    Column("location_id", StoreId, nullable=False),
    Column("label", Words(128), nullable=False),
    Column("units", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("to_come", Integer, nullable=False),
    # Units that the store has accepted and that no reading of the level has shown yet, since when.
    Column("at_dock", Integer, nullable=False, default=0),
    Column("docked_at", Instant),
    # Units of it that a person booked in on the purchase order before the store received them.
    Column("booked", Integer, nullable=False, default=0),
    Column("arrives_at", Instant),
    CheckConstraint("units >= 0 AND accepted >= 0", name="counts_not_negative"),
    CheckConstraint("to_come >= 0 AND at_dock >= 0 AND booked >= 0", name="coming_not_negative"),
    Index("uq_transfer_parts_part", "shop_id", "transfer_id", "shipment_id", "item_id", unique=True),
    Index("ix_transfer_parts_shop_id_item_id", "shop_id", "item_id"),
    Index("ix_transfer_parts_shop_id_shipment_id", "shop_id", "shipment_id"),
)


_EXPECTED = or_(transfer_parts.c.to_come > 0, transfer_parts.c.at_dock > 0)


class LinkedBy(StrEnum):
    """Who says whether a transfer carries a purchase order. What a person said, no reading changes."""

    MENTION = "mention"
    PERSON = "person"


@dataclass(frozen=True)
class Transfer:
    """A transfer as last read. ``location_id``: where it goes."""

    transfer_id: int
    name: str
    status: str
    location_id: int | None
    mentions: frozenset[str]
    purchase_order_id: int | None
    linked_by: LinkedBy | None
    read_at: datetime


@dataclass(frozen=True)
class TransferPart:
    """Units of one item on one shipment of a transfer, or on none yet (``shipment_id`` 0)."""

    part_id: int
    transfer_id: int
    shipment_id: int
    item_id: int
    location_id: int
    label: str
    units: int
    accepted: int
    to_come: int
    at_dock: int
    docked_at: datetime | None
    booked: int
    arrives_at: datetime | None
    purchase_order_id: int | None = None

    @property
    def shipped(self) -> bool:
        """Whether a shipment carries it."""
        return self.shipment_id != UNSHIPPED


def many(tx: Connection, shop_id: int, transfer_ids: Iterable[int]) -> dict[int, Transfer]:
    """These transfers, by id; those we do not know are missing."""
    same = (transfers.c.shop_id == shop_id, among(transfers.c.transfer_id, set(transfer_ids)))
    return {row.transfer_id: _transfer(row) for row in tx.execute(select(transfers).where(*same))}


def all_of(tx: Connection, shop_id: int) -> tuple[Transfer, ...]:
    """All transfers of a shop that anything is expected of, by id."""
    expected = select(transfer_parts.c.transfer_id).where(transfer_parts.c.shop_id == shop_id, _EXPECTED)
    rows = tx.execute(
        select(transfers)
        .where(transfers.c.shop_id == shop_id, transfers.c.transfer_id.in_(expected))
        .order_by(transfers.c.transfer_id)
    )
    return tuple(_transfer(row) for row in rows)


def carrying(tx: Connection, shop_id: int, purchase_order_ids: Iterable[int]) -> tuple[Transfer, ...]:
    """The transfers that carry these purchase orders, ended ones too, by id."""
    same = (transfers.c.shop_id == shop_id, among(transfers.c.purchase_order_id, set(purchase_order_ids)))
    rows = tx.execute(select(transfers).where(*same).order_by(transfers.c.transfer_id))
    return tuple(_transfer(row) for row in rows)


def unlinked(tx: Connection, shop_id: int) -> tuple[Transfer, ...]:
    """Transfers that something is expected of and nobody has said of what they carry, by id."""
    return tuple(transfer for transfer in all_of(tx, shop_id) if transfer.linked_by is None)


def of_shipments(tx: Connection, shop_id: int, shipment_ids: Iterable[int]) -> dict[int, int]:
    """Which transfer each of these shipments belongs to; those we do not know are missing."""
    same = (transfer_parts.c.shop_id == shop_id, among(transfer_parts.c.shipment_id, set(shipment_ids)))
    rows = tx.execute(select(transfer_parts.c.shipment_id, transfer_parts.c.transfer_id).where(*same))
    return {row.shipment_id: row.transfer_id for row in rows}


def parts(tx: Connection, shop_id: int, transfer_ids: Iterable[int]) -> tuple[TransferPart, ...]:
    """What these transfers consist of, by part id."""
    return tuple(_part(row) for row in tx.execute(_parts("transfer_id"), {"shop": shop_id, "of": set(transfer_ids)}))


def parts_of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[TransferPart, ...]:
    """What transfers still bring of these items, by part id."""
    asked = {"shop": shop_id, "of": set(item_ids)}
    return tuple(_part(row) for row in tx.execute(_parts("item_id", expected=True), asked))


def ever_sent(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> frozenset[int]:
    """Those of these items that ever were on a transfer that we know."""
    same = (transfer_parts.c.shop_id == shop_id, among(transfer_parts.c.item_id, set(item_ids)))
    return frozenset(tx.scalars(select(transfer_parts.c.item_id).where(*same).distinct()))


@cache
def _parts(by: str, *, expected: bool = False) -> Any:
    which = [_EXPECTED] if expected else []
    return (
        select(transfer_parts, transfers.c.purchase_order_id)
        .join(
            transfers,
            (transfers.c.shop_id == transfer_parts.c.shop_id)
            & (transfers.c.transfer_id == transfer_parts.c.transfer_id),
        )
        .where(transfer_parts.c.shop_id == SHOP, among(transfer_parts.c[by], "of"), *which)
        .order_by(transfer_parts.c.id)
    )


def save(tx: Connection, shop_id: int, transfer: Transfer, now: Iterable[Part]) -> None:
    """Keep a transfer and what it consists of now; what arrived of a part stays noted."""
    upsert(
        tx,
        transfers,
        {
            "shop_id": shop_id,
            "transfer_id": transfer.transfer_id,
            "name": transfer.name,
            "status": transfer.status,
            "location_id": transfer.location_id,
            "mentions": sorted(transfer.mentions),
            "purchase_order_id": transfer.purchase_order_id,
            "linked_by": transfer.linked_by.value if transfer.linked_by else None,
            "read_at": transfer.read_at,
        },
    )
    place = transfer.location_id
    wanted = {} if place is None else {(part.shipment_id, part.item_id): part for part in now}
    known = {(part.shipment_id, part.item_id): part for part in parts(tx, shop_id, [transfer.transfer_id])}
    gone = [(known[key].part_id,) for key in known.keys() - wanted.keys()]
    delete_rows(tx, transfer_parts, {"shop_id": shop_id}, ("id",), gone)
    for key, part in sorted(wanted.items()):
        values = {
            "location_id": place,
            "label": part.label,
            "units": part.units,
            "accepted": part.accepted,
            "to_come": part.to_come,
            "arrives_at": part.arrives_at,
        }
        was = known.get(key)
        if was is None:
            of_part = {"shipment_id": part.shipment_id, "item_id": part.item_id}
            tx.execute(
                transfer_parts.insert().values(
                    shop_id=shop_id, transfer_id=transfer.transfer_id, at_dock=0, booked=0, **of_part, **values
                )
            )
        elif any(getattr(was, name) != value for name, value in values.items()):
            _change(tx, shop_id, was.part_id, values)


def forget(tx: Connection, shop_id: int, transfer_ids: Iterable[int]) -> None:
    """The store has these transfers no more."""
    gone = [(transfer_id,) for transfer_id in sorted(set(transfer_ids))]
    delete_rows(tx, transfer_parts, {"shop_id": shop_id}, ("transfer_id",), gone)
    delete_rows(tx, transfers, {"shop_id": shop_id}, ("transfer_id",), gone)


def link(tx: Connection, shop_id: int, transfer_id: int, purchase_order_id: int | None, by: LinkedBy) -> None:
    """Say which purchase order a transfer carries (None: none)."""
    tx.execute(
        update(transfers)
        .where(transfers.c.shop_id == shop_id, transfers.c.transfer_id == transfer_id)
        .values(purchase_order_id=purchase_order_id, linked_by=by.value)
    )


def dock(tx: Connection, shop_id: int, part_id: int, units: int, at: datetime | None) -> None:
    """Set how many units of a part the store has accepted and no reading has shown, since ``at`` (transport time)."""
    _change(tx, shop_id, part_id, {"at_dock": units, "docked_at": at})


def booked(tx: Connection, shop_id: int, part_id: int, units: int) -> None:
    """Set how many units of a part a person booked in and the store has not received yet."""
    _change(tx, shop_id, part_id, {"booked": units})


def _change(tx: Connection, shop_id: int, part_id: int, values: Mapping[str, Any]) -> None:
    same = (transfer_parts.c.shop_id == shop_id, transfer_parts.c.id == part_id)
    tx.execute(update(transfer_parts).where(*same).values(**values))


def _transfer(row: Row[Any]) -> Transfer:
    return Transfer(
        transfer_id=row.transfer_id,
        name=row.name,
        status=row.status,
        location_id=row.location_id,
        mentions=frozenset(row.mentions),
        purchase_order_id=row.purchase_order_id,
        linked_by=LinkedBy(row.linked_by) if row.linked_by else None,
        read_at=row.read_at,
    )


def _part(row: Row[Any]) -> TransferPart:
    return TransferPart(
        part_id=row.id,
        transfer_id=row.transfer_id,
        shipment_id=row.shipment_id,
        item_id=row.item_id,
        location_id=row.location_id,
        label=row.label,
        units=row.units,
        accepted=row.accepted,
        to_come=row.to_come,
        at_dock=row.at_dock,
        docked_at=row.docked_at,
        booked=row.booked,
        arrives_at=row.arrives_at,
        purchase_order_id=row.purchase_order_id,
    )
