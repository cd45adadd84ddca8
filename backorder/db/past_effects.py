"""What the outbox forgets: targets that were done with long ago. Letters it never forgets: they are what was told."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Integer, bindparam, delete, exists, func, or_, select

from backorder.db.arrays import among
from backorder.db.claims import claims
from backorder.db.columns import SHOP, Instant
from backorder.db.next_row import MAIL, STOP
from backorder.db.outbox import Effect, State, outbox

# To see what the app did in a store, and in which order.
KEPT = timedelta(days=30)

_BEFORE = bindparam("before", type_=Instant())
_OLD = (
    select(outbox.c.id)
    .where(
        outbox.c.shop_id == SHOP,
        outbox.c.state.in_([State.DONE.value, State.VOID.value]),
        outbox.c.step.in_(range(STOP, MAIL)),
        # Of what ended this is when its last lease would have: the index has it, and not when it ended.
        outbox.c.not_before < _BEFORE,
        outbox.c.done_at < _BEFORE,
        outbox.c.id < select(func.max(outbox.c.id)).scalar_subquery(),
        or_(
            outbox.c.effect != Effect.RELEASE.value,
            ~exists().where(claims.c.shop_id == outbox.c.shop_id, claims.c.order_id == outbox.c.subject),
        ),
    )
    .limit(bindparam("most", type_=Integer()))
)
_THESE = delete(outbox).where(outbox.c.shop_id == SHOP, among(outbox.c.id, "ids"))


def drop(tx: Connection, shop_id: int, before: datetime, most: int) -> int:
    """Forget targets of a shop that were done or void before this instant, so many at most; how many.

    Releases stay while anything of their order is open: they say that it was us who let go, and not a person who wants nothing held.
    The newest row of all stays, so that no number is given twice.
    """
    old = tx.scalars(_OLD, {"shop": shop_id, "before": before, "most": most}).all()
    if old:
        tx.execute(_THESE, {"shop": shop_id, "ids": list(old)})
    return len(old)
