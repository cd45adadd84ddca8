"""Putting deliveries into the inbox as the receiver would, and seeing what became of them."""

import itertools
import json

from sqlalchemy import select

from backorder.clock import transport_now
from backorder.db import dirty, inbox
from backorder.db.inbox import Delivery
from tests.webhooks.cast import LAMPLIGHT
from webhooks.marks import ECHOES_SETTLE, MEMBERSHIPS_SETTLE

LATEST = max(ECHOES_SETTLE, MEMBERSHIPS_SETTLE)
_numbers = itertools.count(1)


def arrives(house, topic, body, *, shop=LAMPLIGHT, says_when=True):
    """A delivery that the receiver would have kept; returns its number in the inbox."""
    triggered_at = transport_now() if says_when else None
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    event = f"event-{next(_numbers)}"
    with house.db.write() as tx:
        inbox.put(tx, house.sealer, Delivery(shop, topic, event, event, triggered_at, raw), transport_now())
        return tx.execute(select(inbox.inbox.c.id).order_by(inbox.inbox.c.id.desc()).limit(1)).scalar_one()


def became(house, inbox_id):
    """The verdict on a delivery and the sentence with it."""
    with house.db.read() as tx:
        row = tx.execute(select(inbox.inbox).where(inbox.inbox.c.id == inbox_id)).one()
    return row.verdict, row.error


def due_now(house, shop_id):
    """What is to be looked at in a shop now, as pairs of kind and id."""
    with house.db.read() as tx:
        return {(row.kind.value, row.ref) for row in dirty.due(tx, shop_id, transport_now())}


def to_look_at(house, shop_id):
    """What is dirty in a shop, or will be when echoes and memberships have settled, as pairs of kind and id."""
    with house.db.read() as tx:
        return {(row.kind.value, row.ref) for row in dirty.due(tx, shop_id, transport_now() + LATEST)}
