"""Pacing: release no more orders an hour or a day than the merchant's people can pack (rules.pace)."""

from datetime import datetime

from backorder.db import releases, shops
from backorder.db.engine import Connection
from backorder.db.outbox import Due
from backorder.rules.pace import PERIODS, wait_until
from backorder.rules.terms import Terms


def must_wait(tx: Connection, due: Due, at: datetime) -> datetime | None:
    """Until when a release is to wait for its turn; None: it may go now. The oldest orders go first."""
    terms = Terms.from_json(shops.one(tx, due.shop_id).terms)
    if terms.release_orders is None or due.payload.get("releases"):
        return None  # what was begun is ended
    period = PERIODS[terms.release_per]
    older = releases.older(tx, due.shop_id, due.subject)
    released = releases.since(tx, due.shop_id, at - period)
    return wait_until(older, released, terms.release_orders, period, at)
