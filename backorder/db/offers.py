"""The book of offers: how each managed variant is sold now and why, what the store shows, and the policy lease."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Connection, Row, String, Table, and_, or_, select, update

from backorder.db.arrays import among, insert_rows
from backorder.db.catalogue import variants
from backorder.db.columns import SHOP, Instant, Sentences, StoreId, metadata
from backorder.db.shops import shops
from backorder.db.upsert import upsert
from backorder.rules.cap import Closed
from backorder.rules.hurry import Hurry
from backorder.rules.lease import Lease, LeaseState
from backorder.rules.seen import Policy
from backorder.rules.selling import Decision, SellingState, Situation

offers = Table(
    "offers",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("variant_id", StoreId, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("reason", Sentences, nullable=False),
    Column("wanted", JSON, nullable=False, default=dict),
    Column("decided_at", Instant, nullable=False),
    # What the metafield in the store says, as far as a confirmed write tells; None: not set.
    Column("shown", JSON),
    # The policy that the decision needs where its state alone does not say so.
    Column("policy", String(16)),
    # Since when the cap is closed, and what it was closed on (rules.cap); all None while it is open.
    Column("closed_since", Instant),
    Column("closed_supply", BigInteger),
    Column("closed_terms", String(64)),
    Column("closed_size", BigInteger),
    # Units that were sold beyond the cap.
    Column("over", BigInteger, nullable=False, default=0, server_default="0"),
    # Units that may sell while the metafield spreads, going by what sold lately, and until when that holds (rules.hurry).
    Column("hurry_units", BigInteger),
    Column("hurry_until", Instant),
)

policy_leases = Table(
    "policy_leases",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("variant_id", StoreId, primary_key=True, autoincrement=False),
    Column("original", String(16), nullable=False),
    Column("confirmed", String(16), nullable=False),
    Column("in_flight", String(16)),
    Column("state", String(16), nullable=False),
    Column("as_of", Instant),
    Column("changed_at", Instant, nullable=False),
)


@dataclass(frozen=True)
class Offer:
    """How a variant is sold. ``wanted`` is the metafield that should be shown, ``shown`` the one that is.

    ``policy``: the one the decision needs, None: the merchant's own. ``closed``: its cap is closed. ``over``: units sold beyond it.
    ``hurry``: how fast it sold when its whole queue was last looked at.
    """

    variant_id: int
    state: str
    reason: str
    wanted: Mapping[str, Any]
    decided_at: datetime
    shown: Mapping[str, Any] | None
    policy: Policy | None = None
    closed: Closed | None = None
    over: int = 0
    hurry: Hurry | None = None


@dataclass(frozen=True)
class Decided:
    """What was decided about a variant."""

    variant_id: int
    state: str
    reason: str
    wanted: Mapping[str, Any]
    policy: Policy | None = None
    closed: Closed | None = None
    over: int = 0
    hurry: Hurry | None = None

    @classmethod
    def of(
        cls,
        variant_id: int,
        decision: Decision,
        wanted: Mapping[str, Any],
        situation: Situation | None,
        hurry: Hurry | None = None,
    ) -> "Decided":
        """A decision as it is kept, with what its ``situation`` was, where it was looked at."""
        closed, over = (situation.closed, situation.over) if situation else (None, 0)
        return cls(variant_id, decision.state.value, decision.reason, wanted, decision.policy, closed, over, hurry)

    @property
    def row(self) -> tuple[Any, ...]:
        """As it is written, in the order of ``DECIDED``."""
        shut = self.closed
        memory = (shut.since, shut.supply, shut.terms, shut.size) if shut else (None, None, None, None)
        policy = self.policy.value if self.policy else None
        pace = (self.hurry.units, self.hurry.until) if self.hurry else (None, None)
        return (self.variant_id, self.state, self.reason, self.wanted, policy, *memory, self.over, *pace)


DECIDED = (
    *("variant_id", "state", "reason", "wanted", "policy"),
    *("closed_since", "closed_supply", "closed_terms", "closed_size", "over"),
    *("hurry_units", "hurry_until"),
)


def decide(
    tx: Connection, shop_id: int, variant_id: int, state: str, reason: str, wanted: Mapping[str, Any], at: datetime
) -> None:
    """Keep the decided selling state and the metafield that should show it."""
    decide_all(tx, shop_id, [Decided(variant_id, state, reason, wanted)], at)


def decide_all(tx: Connection, shop_id: int, decided: Iterable[Decided], at: datetime) -> None:
    """Keep the decided selling states and the metafields that should show them."""
    same = {"shop_id": shop_id, "decided_at": at}
    insert_rows(tx, offers, same, DECIDED, [one.row for one in decided], "replace")


def shown(tx: Connection, shop_id: int, variant_id: int, metafield: Mapping[str, Any] | None) -> None:
    """Record what the store shows now."""
    tx.execute(
        update(offers)
        .where(offers.c.shop_id == shop_id, offers.c.variant_id == variant_id)
        .values(shown=dict(metafield) if metafield is not None else None)
    )


_SELLS = tuple(state.value for state in (SellingState.SILENT, SellingState.BACKORDER, SellingState.ASAP))
_OF_VARIANTS = select(offers).where(offers.c.shop_id == SHOP, among(offers.c.variant_id, "variants"))
_LEASES = select(policy_leases).where(policy_leases.c.shop_id == SHOP, among(policy_leases.c.variant_id, "variants"))


def get(tx: Connection, shop_id: int, variant_ids: Iterable[int]) -> dict[int, Offer]:
    rows = tx.execute(_OF_VARIANTS, {"shop": shop_id, "variants": variant_ids})
    return {row.variant_id: _offer(row) for row in rows}


@dataclass(frozen=True)
class Ending:
    """An item that is sold beyond stock until the end of a day, and when that was last decided."""

    item_id: int
    sell_until: date
    decided_at: datetime


def past_their_end(tx: Connection, before: date) -> dict[int, tuple[Ending, ...]]:
    """What is sold beyond stock though its last day was before this one, by shop."""
    sells = offers.c.state.in_(_SELLS) | (offers.c.policy == Policy.CONTINUE.value)
    rows = tx.execute(
        select(variants.c.shop_id, variants.c.item_id, variants.c.sell_until, offers.c.decided_at)
        .join(offers, and_(offers.c.shop_id == variants.c.shop_id, offers.c.variant_id == variants.c.variant_id))
        .where(variants.c.sell_until.is_not(None), variants.c.sell_until < before, variants.c.managed.is_(True), sells)
        .order_by(variants.c.shop_id, variants.c.item_id)
    )
    found: dict[int, list[Ending]] = {}
    for row in rows:
        found.setdefault(row.shop_id, []).append(Ending(row.item_id, row.sell_until, row.decided_at))
    return {shop_id: tuple(endings) for shop_id, endings in found.items()}


def dated_before(tx: Connection, midnights: Mapping[str, datetime]) -> dict[int, set[int]]:
    """Items that installed shops sell on backorder, as was decided before their day began, by shop; ``midnights`` by time zone."""
    yesterday = [and_(shops.c.timezone == zone, offers.c.decided_at < began) for zone, began in midnights.items()]
    if not yesterday:
        return {}
    rows = tx.execute(
        select(offers.c.shop_id, variants.c.item_id)
        .join(variants, and_(variants.c.shop_id == offers.c.shop_id, variants.c.variant_id == offers.c.variant_id))
        .join(shops, shops.c.id == offers.c.shop_id)
        .where(offers.c.state == SellingState.BACKORDER.value, variants.c.gone_at.is_(None))
        .where(shops.c.uninstalled_at.is_(None), or_(*yesterday))
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.shop_id, set()).add(row.item_id)
    return found


def oversold(tx: Connection, shop_id: int) -> dict[int, int]:
    """Units sold beyond the cap, by variant, where there are any."""
    rows = tx.execute(
        select(offers.c.variant_id, offers.c.over)
        .where(offers.c.shop_id == shop_id, offers.c.over > 0)
        .order_by(offers.c.variant_id)
    )
    return {row.variant_id: row.over for row in rows}


def leases(tx: Connection, shop_id: int, variant_ids: Iterable[int]) -> dict[int, Lease]:
    """The policy leases of these variants."""
    rows = tx.execute(_LEASES, {"shop": shop_id, "variants": variant_ids})
    return {row.variant_id: _lease(row) for row in rows}


def held_leases(tx: Connection, shop_id: int) -> tuple[Lease, ...]:
    """Every lease that we still owe back."""
    rows = tx.execute(
        select(policy_leases)
        .where(policy_leases.c.shop_id == shop_id, policy_leases.c.state == LeaseState.HELD.value)
        .order_by(policy_leases.c.variant_id)
    )
    return tuple(_lease(row) for row in rows)


def borrowed_items(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Inventory items of the variants whose policy we still owe back, managed or not."""
    of_variant = and_(
        variants.c.shop_id == policy_leases.c.shop_id, variants.c.variant_id == policy_leases.c.variant_id
    )
    return tuple(
        tx.scalars(
            select(variants.c.item_id)
            .join(policy_leases, of_variant)
            .where(policy_leases.c.shop_id == shop_id, policy_leases.c.state == LeaseState.HELD.value)
            .distinct()
            .order_by(variants.c.item_id)
        )
    )


def put_lease(tx: Connection, shop_id: int, lease: Lease, at: datetime) -> None:
    """Keep a lease as it is now."""
    upsert(
        tx,
        policy_leases,
        {
            "shop_id": shop_id,
            "variant_id": lease.variant_id,
            "original": lease.original.value,
            "confirmed": lease.confirmed.value,
            "in_flight": lease.in_flight.value if lease.in_flight else None,
            "state": lease.state.value,
            "as_of": lease.as_of,
            "changed_at": at,
        },
    )


def _offer(row: Row[Any]) -> Offer:
    closed = None
    if row.closed_since is not None:
        closed = Closed(row.closed_since, row.closed_supply, row.closed_terms, row.closed_size)
    policy = Policy(row.policy) if row.policy else None
    pace = Hurry(row.hurry_units, row.hurry_until) if row.hurry_until is not None else None
    return Offer(
        *(row.variant_id, row.state, row.reason, row.wanted, row.decided_at, row.shown, policy, closed, row.over, pace)
    )


def _lease(row: Row[Any]) -> Lease:
    return Lease(
        variant_id=row.variant_id,
        original=Policy(row.original),
        confirmed=Policy(row.confirmed),
        state=LeaseState(row.state),
        in_flight=Policy(row.in_flight) if row.in_flight else None,
        as_of=row.as_of,
    )


def drop_lease(tx: Connection, shop_id: int, variant_id: int) -> None:
    """Forget a lease: nothing is owed for this variant any more."""
    tx.execute(
        policy_leases.delete().where(policy_leases.c.shop_id == shop_id, policy_leases.c.variant_id == variant_id)
    )
