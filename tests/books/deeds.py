"""What happens in a household of the tenant tests, so that there is something to read and to write."""

from collections.abc import Callable
from typing import Any

from backorder.db import hold_acts, offers, orders, outbox, queue_acts, reconciliations, taking, ways
from backorder.db.dirty import Dirty, Kind
from backorder.db.engine import Connection
from backorder.db.hold_acts import Act as HeldBy
from backorder.db.hold_acts import HoldAct
from backorder.db.outbox import Effect
from backorder.db.ways import Said
from backorder.rules.mixed import By, Way
from tests.books.cast import FIRST, FIRST_LINE, LAMP, LAMP_VARIANT, NOON, PARCEL, SECOND
from tests.books.neighbours import Household

Act = Callable[[Connection, Household], Any]
LATER = NOON + 3600 * SECOND
SEEN = Dirty(Kind.ITEM, LAMP, NOON, 1, 0)


def ended(tx: Connection, us: Household) -> int:
    """The number of the comparison that ended in a shop."""
    return next(run.run_id for run in reconciliations.recent(tx, us.shop_id) if not run.is_open)


def shown_and_said(tx: Connection, us: Household) -> None:
    """Something of ours is in the store."""
    offers.shown(tx, us.shop_id, LAMP_VARIANT, {"x": us.domain})
    orders.annotated(tx, us.shop_id, FIRST, us.domain)


def said_so(tx: Connection, us: Household) -> None:
    """Staff said once how the first order leaves."""
    if not ways.history(tx, us.shop_id, FIRST):
        ways.say(tx, us.shop_id, [Said(FIRST, Way.TOGETHER, By.STAFF, us.domain, NOON)])


def held(tx: Connection, us: Household, act: HeldBy) -> None:
    """A hold did something to the first order's parcel, once."""
    asked = {
        HeldBy.CUT: bool(hold_acts.cut_of(tx, us.shop_id, FIRST)),
        HeldBy.NARROWED: bool(hold_acts.windows(tx, us.shop_id)),
    }
    if not asked.get(act, bool(hold_acts.lost_since(tx, us.shop_id, FIRST, NOON - SECOND))):
        hold_acts.enter(tx, us.shop_id, [HoldAct(FIRST, PARCEL, act, NOON, FIRST_LINE, 1)])


def queue_act(tx: Connection, us: Household) -> int:
    """The number of what a person did with the first order's place in its queue."""
    return queue_acts.of_order(tx, us.shop_id, FIRST)[0].act_id


def released(tx: Connection, us: Household) -> None:
    """The first order was let go, once."""
    lane, key = outbox.order_lane(FIRST), f"released-{us.shop_id}"
    if outbox.put(tx, us.shop_id, Effect.RELEASE, lane, FIRST, key, NOON, {"releases": {"1": {}}}):
        row = tx.execute(outbox.outbox.select().where(outbox.outbox.c.key == key)).one()
        taking.finish(tx, row.id, outbox.State.DONE, NOON)
