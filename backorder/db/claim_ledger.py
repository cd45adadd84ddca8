"""The claim ledger: append-only; how the open units of every line came and went, so that any past day's backlog can be told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, Table

from backorder.db.columns import Instant, OwnId, StoreId, metadata
from backorder.rules.claims import Claim

claim_ledger = Table(
    "claim_ledger",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("line_id", StoreId, nullable=False),
    Column("location_id", StoreId, nullable=False),
    Column("order_id", StoreId, nullable=False),
    Column("units", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_claim_ledger_shop_id_at", "shop_id", "at"),
)


def enter(
    tx: Connection, shop_id: int, order_id: int, before: Iterable[Claim], now: Iterable[Claim], at: datetime
) -> None:
    """Enter into the ledger what changed of an order's open units.

    A line joins at its own moment (``since``); everything else happens ``at`` the store's time of the change.
    """
    was = {(claim.line_id, claim.location_id): claim.units for claim in before}
    fresh = {(claim.line_id, claim.location_id): claim for claim in now}
    known_lines = {line_id for line_id, _ in was}
    entries = []
    for key in sorted({*was, *fresh}):
        claim = fresh.get(key)
        units = (claim.units if claim else 0) - was.get(key, 0)
        if units:
            joined = claim is not None and key[0] not in known_lines
            entries.append(
                {
                    "shop_id": shop_id,
                    "line_id": key[0],
                    "location_id": key[1],
                    "order_id": order_id,
                    "units": units,
                    "at": claim.since if joined and claim else at,
                }
            )
    if entries:
        tx.execute(claim_ledger.insert(), entries)
