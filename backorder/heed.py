"""Heed: what a reading of orders asks for at once, whoever read them: units that are kept from now on."""

from collections.abc import Iterable
from datetime import datetime

from backorder.allocate import decide
from backorder.db.engine import Connection
from backorder.note import Noted


def heed(tx: Connection, shop_id: int, noted: Iterable[Noted], now: datetime) -> None:
    """Keep what staff released and what came back with a parcel (domain §4 c, e), in the transaction of its reading.

    A later reading would not see it: it shows only how things are, and not what has gone.
    """
    for one in noted:
        for cause, actor, units in one.keeps:
            decide(tx, shop_id, one.items, now, cause=cause, actor=actor, keeps=units)
