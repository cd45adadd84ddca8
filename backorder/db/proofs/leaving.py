"""Proofs about leaving: what of ours is in the store of a shop that the app has left is asked back."""

from sqlalchemy import Connection, select

from backorder.db import ours
from backorder.db.claims import claims
from backorder.db.outbox import OPEN_STATES, Effect, outbox
from backorder.db.proofs.check import Check, judged, settled
from backorder.db.shops import shops

_SAID = {
    Effect.RELEASE: "order {} is under a hold of ours",
    Effect.ANNOTATE: "order {} says what we promised",
    Effect.OFFER: "product {} shows our offer, or has a policy that we owe back",
}


def what_is_ours_is_asked_back(tx: Connection, shop_id: int | None) -> Check:
    """Where the app has left, a row of the outbox asks for everything of ours that the books know to be there; people see a parked one."""
    mine = [] if shop_id is None else [shops.c.id == shop_id]
    left = select(shops.c.id, shops.c.domain).where(shops.c.left_at.is_not(None), shops.c.uninstalled_at.is_(None))
    checked, wrong = [], []
    for shop in tx.execute(left.where(*mine)).all():
        rows = select(outbox.c.effect, outbox.c.subject).where(
            outbox.c.shop_id == shop.id, outbox.c.state.in_([state.value for state in OPEN_STATES])
        )
        asked = {(row.effect, row.subject) for row in tx.execute(rows)}
        # What was noted of an order a moment ago is decided about in a moment.
        unsettled = set(tx.scalars(select(claims.c.order_id).where(claims.c.shop_id == shop.id, ~settled(claims))))
        there = [(Effect.RELEASE, order_id) for order_id in ours.held(tx, shop.id) if order_id not in unsettled]
        there += [(Effect.ANNOTATE, order_id) for order_id in ours.annotated(tx, shop.id)]
        there += [(Effect.OFFER, product_id) for product_id in ours.products(tx, shop.id)]
        checked += there
        wrong += [
            f"{shop.domain}: {_SAID[effect].format(subject)}, and nobody asks for it back"
            for effect, subject in there
            if (effect.value, subject) not in asked
        ]
    return judged("what is ours in a shop that the app has left is asked back", checked, wrong)
