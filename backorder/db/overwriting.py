"""The book of locations that another system counts: whether one overwrites *available* there, as far as is known (domain §2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, Row, Table, func, select, update

from backorder.db.columns import Instant, StoreId, Words, metadata
from backorder.db.locations import locations
from backorder.db.upsert import insert_or_ignore
from backorder.rules.rises import LANDINGS

overwriting = Table(
    "overwriting",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("location_id", StoreId, primary_key=True, autoincrement=False),
    # Rises that landed on exactly 0 from below, without a receipt.
    Column("landings", Integer, nullable=False, default=0),
    # What a person answered; nothing: nobody has.
    Column("answer", Boolean),
    Column("answered_at", Instant),
    Column("actor", Words(128), nullable=False, default=""),
)


@dataclass(frozen=True)
class Habit:
    """How the counts of a location come about. ``answer``: what a person said of it."""

    landings: int = 0
    answer: bool | None = None

    def overwritten(self, *, is_service: bool) -> bool:
        """Whether it is taken for a location whose *available* another system overwrites."""
        return self.landings >= LANDINGS or is_service if self.answer is None else self.answer

    def asks(self) -> bool:
        """Whether somebody should answer: it looks as if."""
        return self.answer is None and self.landings >= LANDINGS


def of_shop(tx: Connection, shop_id: int) -> dict[int, Habit]:
    """What is known, by location; of those that are missing nothing is."""
    rows = tx.execute(select(overwriting).where(overwriting.c.shop_id == shop_id))
    return {row.location_id: _habit(row) for row in rows}


def overwritten(tx: Connection, shop_id: int) -> frozenset[int]:
    """The locations that are taken for ones whose *available* another system overwrites."""
    known = (locations.c.shop_id == overwriting.c.shop_id) & (locations.c.location_id == overwriting.c.location_id)
    rows = tx.execute(
        select(
            locations.c.location_id,
            locations.c.is_service,
            func.coalesce(overwriting.c.landings, 0).label("landings"),
            overwriting.c.answer,
        )
        .select_from(locations.outerjoin(overwriting, known))
        .where(locations.c.shop_id == shop_id)
    )
    return frozenset(
        row.location_id for row in rows if Habit(row.landings, row.answer).overwritten(is_service=row.is_service)
    )


def landed(tx: Connection, shop_id: int, location_ids: Iterable[int]) -> None:
    """A rise landed on exactly 0 at each of these, as often as they are named."""
    for location_id in location_ids:
        _change(tx, shop_id, location_id, {"landings": overwriting.c.landings + 1})


def answer(tx: Connection, shop_id: int, location_id: int, *, said: bool | None, actor: str, at: datetime) -> None:
    """A person answered; None takes the answer back."""
    _change(tx, shop_id, location_id, {"answer": said, "answered_at": at, "actor": actor})


def _change(tx: Connection, shop_id: int, location_id: int, values: dict[str, Any]) -> None:
    same = {"shop_id": shop_id, "location_id": location_id}
    insert_or_ignore(tx, overwriting, {**same, "landings": 0, "actor": ""})
    tx.execute(
        update(overwriting)
        .where(overwriting.c.shop_id == shop_id, overwriting.c.location_id == location_id)
        .values(**values)
    )


def _habit(row: Row[Any]) -> Habit:
    return Habit(row.landings, row.answer)
