"""What of ours is in the store, as far as the books know: holds, borrowed policies, what is shown of variants and said on orders."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, null, or_, select, update

from backorder.db.arrays import among
from backorder.db.catalogue import variants
from backorder.db.claims import claims
from backorder.db.fulfillment_orders import fulfillment_orders
from backorder.db.offers import offers, policy_leases
from backorder.db.orders import orders
from backorder.db.outbox import Effect, State, outbox
from backorder.rules.lease import LeaseState
from backorder.rules.order_claims import OPEN

UNSETTLED = (State.DUE, State.DOING, State.PARKED)
_OF_THE_VARIANT = and_(variants.c.shop_id == offers.c.shop_id, variants.c.variant_id == offers.c.variant_id)
_LEASED = and_(
    policy_leases.c.shop_id == variants.c.shop_id,
    policy_leases.c.variant_id == variants.c.variant_id,
    policy_leases.c.state == LeaseState.HELD.value,
)


@dataclass(frozen=True)
class Ours:
    """How much of ours is in a store: holds, policies that we owe back, metafields of variants, orders with our metafield and tag.

    ``under_way``: changes of the store that are asked for and not made yet; ``stopped`` of them wait for a person.
    """

    holds: int
    policies: int
    offers: int
    annotations: int
    under_way: int = 0
    stopped: int = 0

    @property
    def total(self) -> int:
        """How many things are there to be taken back."""
        return self.holds + self.policies + self.offers + self.annotations


def count(tx: Connection, shop_id: int) -> Ours:
    """How much of ours is in the store."""
    goods = _goods(tx, shop_id)
    states = Counter(state for _, _, state in _rows(tx, shop_id))
    return Ours(
        holds=sum(held(tx, shop_id).values()),
        policies=sum(1 for _, leased, _ in goods if leased),
        offers=sum(1 for _, _, shown in goods if shown),
        annotations=len(annotated(tx, shop_id)),
        under_way=sum(states.values()),
        stopped=states[State.PARKED.value],
    )


def held(tx: Connection, shop_id: int) -> dict[int, int]:
    """How many open fulfillment orders of each order are under a hold of ours."""
    # Only what is open can be held, and what is open is somebody's claim.
    with_claims = select(claims.c.order_id).where(claims.c.shop_id == shop_id)
    rows = tx.execute(
        select(fulfillment_orders.c.order_id, fulfillment_orders.c.holds)
        .where(fulfillment_orders.c.shop_id == shop_id, fulfillment_orders.c.order_id.in_(with_claims))
        .where(fulfillment_orders.c.status.in_(sorted(OPEN)))
    )
    return dict(Counter(row.order_id for row in rows if any(ours for _, _, _, ours, *_ in row.holds)))


def annotated(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Orders that carry our metafield."""
    asked = select(orders.c.order_id).where(orders.c.shop_id == shop_id, orders.c.annotated.is_not(None))
    return tuple(tx.scalars(asked.order_by(orders.c.order_id)))


def products(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Products with a variant that shows our metafield, or whose policy we owe back."""
    return tuple(sorted({product_id for product_id, _, _ in _goods(tx, shop_id)}))


def items(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Inventory items of variants of which something was decided, or whose policy we owe back; managed or not."""
    asked = (
        select(variants.c.item_id)
        .outerjoin(offers, _OF_THE_VARIANT)
        .outerjoin(policy_leases, _LEASED)
        .where(variants.c.shop_id == shop_id, or_(offers.c.variant_id.is_not(None), policy_leases.c.state.is_not(None)))
    )
    return tuple(tx.scalars(asked.distinct().order_by(variants.c.item_id)))


def being_done(tx: Connection, shop_id: int) -> tuple[tuple[Effect, int], ...]:
    """What is being done in the store at this moment, or was begun and may have happened: the effect, and on what."""
    return tuple(
        (Effect(effect), subject) for effect, subject, state in _rows(tx, shop_id) if state != State.PARKED.value
    )


def _rows(tx: Connection, shop_id: int) -> list[tuple[str, int, str]]:
    asked = select(outbox.c.effect, outbox.c.subject, outbox.c.state).where(
        outbox.c.shop_id == shop_id,
        outbox.c.state.in_([state.value for state in UNSETTLED]),
        outbox.c.effect != Effect.MAIL.value,
    )
    return [(row.effect, row.subject, row.state) for row in tx.execute(asked)]


def _goods(tx: Connection, shop_id: int) -> list[tuple[int, bool, bool]]:
    """The product of each variant that is there and has something of ours, whether its policy is borrowed, whether it shows our metafield."""
    asked = (
        select(variants.c.product_id, policy_leases.c.state, offers.c.shown)
        .outerjoin(offers, _OF_THE_VARIANT)
        .outerjoin(policy_leases, _LEASED)
        .where(variants.c.shop_id == shop_id, variants.c.gone_at.is_(None))
        .where(or_(offers.c.shown.is_not(None), policy_leases.c.state.is_not(None)))
    )
    found = [(row.product_id, row.state is not None, row.shown is not None) for row in tx.execute(asked)]
    return [one for one in found if one[1] or one[2]]


def shows_nothing(tx: Connection, shop_id: int, variant_ids: Iterable[int]) -> None:
    """Record that our metafield is off these variants."""
    here = (offers.c.shop_id == shop_id, among(offers.c.variant_id, variant_ids))
    tx.execute(update(offers).where(*here).values(shown=null()))


def says_nothing(tx: Connection, shop_id: int, order_id: int, tags: Iterable[str]) -> None:
    """Record that our metafield is off an order, and which tags it has left."""
    here = (orders.c.shop_id == shop_id, orders.c.order_id == order_id)
    tx.execute(update(orders).where(*here).values(annotated=None, promise_digest=None, tags=sorted(tags)))


def is_uncertain(tx: Connection, shop_id: int) -> None:
    """Nobody knows any more what the store shows of variants and says on orders: it is written anew where it must be said."""
    tx.execute(update(offers).where(offers.c.shop_id == shop_id, offers.c.shown.is_not(None)).values(shown={}))
    tx.execute(update(orders).where(orders.c.shop_id == shop_id, orders.c.annotated.is_not(None)).values(annotated=""))
