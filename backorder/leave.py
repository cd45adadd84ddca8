"""Leave: take everything of ours back out of a shop's store, and say when that is done; and come back.

1. That the app has left is one column of the shop. From its commit on nothing is put into the store (deliver.giving_back), and
   nothing is promised or told; what happens in the store is still written down, so that everybody keeps their place.
2. What is ours by the books is asked back: holds, borrowed policies, metafields and tags. What is being put there at that moment is
   asked back behind it, in its own lane. It is tried again like all effects; once a day whatever is still there is asked for anew.
3. To come back undoes the column, looks at every queue whole, and asks for what the merchant's settings want, by the same rules.

Deadlines stay: the store knows no way to take one off a fulfillment order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from backorder import owed
from backorder.allocate import decide, decide_locked
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import (
    catalogue,
    claims,
    dirty,
    footings,
    lots,
    mails,
    managing,
    order_lines,
    ours,
    outbox,
    shops,
    troubles,
)
from backorder.db.backlog import Owing
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.ours import Ours
from backorder.db.outbox import Effect, Target
from backorder.deliver import deliver
from backorder.house import House
from backorder.promise import BEFORE_TELLING, misannotated

# Rows delivered by hand before the rest is left to the workers.
MOST_ROWS = 10_000
# After a reinstallation the store is read first; letters that were put by wait so long for it.
ONCE_READ = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Standing:
    """Whether the app has left a shop, since when and on whose word; what of ours is there still, and what customers are owed."""

    left_at: datetime | None
    left_by: str | None
    ours: Ours
    owed: Owing

    @property
    def has_left(self) -> bool:
        return self.left_at is not None

    @property
    def is_over(self) -> bool:
        """Whether everything is given back, and nothing is on its way that could need to be."""
        return self.has_left and not self.ours.total and not self.ours.under_way


def standing(house: House, shop_id: int) -> Standing:
    """How it stands with leaving a shop. What is there by the books is what leaving would give back."""
    with house.db.read() as tx:
        shop = shops.one(tx, shop_id)
        return Standing(shop.left_at, shop.left_by, ours.count(tx, shop_id), owed.summed(tx, shop_id))


def leave(house: House, shop_id: int, *, actor: str, now: datetime) -> None:
    """Leave a shop: from now on nothing of ours is put into its store, and all that is there is asked back.

    Said again, whatever is still there is asked for again. The merchant's settings and choices stay.
    """

    def work(tx: Connection) -> None:
        catalogue.lock_items(tx, shop_id, _items(tx, shop_id))  # before the shop's row, as everybody locks
        shops.set_left(tx, shop_id, now, actor)
        _keep_apart(tx, shop_id, now, actor=actor)
        ask_back(tx, shop_id, now, actor=actor)

    house.db.run(work)
    log.info("leaving", shop_id=shop_id, actor=actor)
    house.bell.ring(Ring.OUTBOX)


def leave_now(
    house: House, shop_id: int, *, actor: str, now: datetime, tell: Callable[[Ours], None] = lambda _: None
) -> Ours:
    """Leave a shop and give back here, without waiting for the workers; what could not be given back yet.

    ``tell`` hears how much is left, after every hundred changes of the store.
    """
    leave(house, shop_id, actor=actor, now=now)
    for done in range(1, MOST_ROWS + 1):
        if not deliver(house, shop_id, now):
            break
        if done % 100 == 0:
            with house.db.read() as tx:
                tell(ours.count(tx, shop_id))
    with house.db.read() as tx:
        return ours.count(tx, shop_id)


def come_back(house: House, shop_id: int, *, actor: str, now: datetime) -> bool:
    """Work for a shop again that the app had left; False if it had not.

    Who waits has their old place; what waits is held, said and sold on as the settings want it now.
    """

    def work(tx: Connection) -> bool:
        items = _items(tx, shop_id)
        catalogue.lock_items(tx, shop_id, items)
        if not shops.has_left(tx, shop_id):
            return False
        shops.come_back(tx, shop_id)
        footings.forget(tx, shop_id)
        # Without what is known of the queues everybody is looked at: nobody is under a hold any more.
        decide_locked(tx, shop_id, items, now, {}, cause="the app is back", actor=actor)
        _say_again(tx, shop_id, transport_now() + BEFORE_TELLING)
        dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now())
        return True

    back = house.db.run(work)
    if back:
        log.info("back", shop_id=shop_id, actor=actor)
        for ring in (Ring.OBSERVE, Ring.OUTBOX):
            house.bell.ring(ring)
    return back


def reinstalled(tx: Connection, shop_id: int) -> None:
    """A shop has installed the app again. What the store shows of ours is not known, so it is said anew; the queues are looked at whole.

    Called in the transaction that records the installation. Decisions follow when the shop was read.
    """
    ours.is_uncertain(tx, shop_id)
    footings.forget(tx, shop_id)
    _say_again(tx, shop_id, transport_now() + ONCE_READ)
    dirty.mark(tx, shop_id, Kind.ITEM, _items(tx, shop_id), transport_now())
    dirty.mark(tx, shop_id, Kind.ORDER, order_lines.open_order_ids(tx, shop_id), transport_now())


def _keep_apart(tx: Connection, shop_id: int, now: datetime, *, actor: str) -> None:
    """Keep of each claim what is not being packed besides, as far as our holds still show it (Claim.stuck).

    Once they are gone all of it may be shipped, and units that are both kept and packed would count twice when the app is back.
    """
    for claim in claims.packed(tx, shop_id):
        apart = claim.stuck - claim.in_works
        lots.loosen(tx, shop_id, claim, apart, cause="the app leaves", actor=actor, at=now)


def ask_back(tx: Connection, shop_id: int, now: datetime, *, actor: str) -> None:
    """Ask for everything of ours that is in the store, or that may be a moment from now. The shop's column says already that we left."""
    items = _items(tx, shop_id)
    catalogue.lock_items(tx, shop_id, items)
    mails.put_by(tx, shop_id, transport_now())
    # A parked hold would stop the release behind it; none of them puts anything into the store any more.
    troubles.retry_parked_targets(tx, shop_id, transport_now())
    decide(tx, shop_id, items, now, cause="the app leaves", actor=actor)
    targets = [_of_order(Effect.RELEASE, order_id) for order_id in ours.held(tx, shop_id)]
    targets += [_of_order(Effect.ANNOTATE, order_id) for order_id in ours.annotated(tx, shop_id)]
    targets += [_of_product(product_id) for product_id in ours.products(tx, shop_id)]
    for effect, subject in ours.being_done(tx, shop_id):
        match effect:
            case Effect.HOLD | Effect.MOVE | Effect.RELEASE:
                targets.append(_of_order(Effect.RELEASE, subject))
            case Effect.ANNOTATE:
                targets.append(_of_order(Effect.ANNOTATE, subject))
            case Effect.OFFER:
                targets.append(_of_product(subject))
    outbox.want_all(tx, shop_id, targets, transport_now())


def _items(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Items that the app manages, or of whose variants something of ours may be in the store."""
    return tuple(sorted({*managing.managed_items(tx, shop_id), *ours.items(tx, shop_id)}))


def _say_again(tx: Connection, shop_id: int, letters_at: datetime) -> None:
    """Ask for what is to be said on open orders, and for the letters that were put by."""
    open_ones = order_lines.open_order_ids(tx, shop_id)
    outbox.want_all(tx, shop_id, misannotated(tx, shop_id, open_ones), transport_now())
    mails.take_up(tx, shop_id, letters_at)


def _of_order(effect: Effect, order_id: int) -> Target:
    return Target(effect, outbox.order_lane(order_id), order_id)


def _of_product(product_id: int) -> Target:
    return Target(Effect.OFFER, outbox.product_lane(product_id), product_id)
