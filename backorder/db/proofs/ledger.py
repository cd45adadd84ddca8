"""The proof that the allocation ledger tells the whole story: the sum of its rows is the state (I9)."""

from sqlalchemy import Connection, Select, func, literal, select, union_all

from backorder.db.claim_ledger import claim_ledger
from backorder.db.claims import claims
from backorder.db.lots import allocation_ledger, allocations
from backorder.db.proofs.check import Check, judged, of_shop
from backorder.db.standings import NO_RUN, standings

_NOTHING = literal(0)


def the_ledger_is_the_state(tx: Connection, shop_id: int | None) -> Check:
    """What the ledger adds up to is what the allocations say, for every claim that either of them names."""
    both = union_all(_entered(shop_id), _standing(shop_id)).subquery()
    names = ("said", "said_kept", "held", "held_kept")
    rows = tx.execute(
        select(both.c.line_id, *(func.sum(both.c[name]).label(name) for name in names)).group_by(
            both.c.shop_id, both.c.line_id, both.c.location_id
        )
    ).all()
    wrong = [
        f"line {r.line_id}: the ledger says {r.said} ({r.said_kept} kept), the books {r.held} ({r.held_kept} kept)"
        for r in rows
        if (r.said, r.said_kept) != (r.held, r.held_kept)
    ]
    return judged("the allocation ledger adds up to the allocations", rows, wrong)


def the_claim_ledger_is_the_queue(tx: Connection, shop_id: int | None) -> Check:
    """What the ledger of claims adds up to is what is open, so that any past day's backlog can be told."""
    key = ("shop_id", "line_id", "location_id")
    entered = select(*(claim_ledger.c[n] for n in key), claim_ledger.c.units.label("said"), _NOTHING.label("open"))
    standing = select(*(claims.c[n] for n in key), _NOTHING.label("said"), claims.c.units.label("open"))
    both = union_all(of_shop(shop_id, claim_ledger, entered), of_shop(shop_id, claims, standing)).subquery()
    rows = tx.execute(
        select(both.c.line_id, func.sum(both.c.said).label("said"), func.sum(both.c.open).label("open")).group_by(
            both.c.shop_id, both.c.line_id, both.c.location_id
        )
    ).all()
    wrong = [f"line {r.line_id}: the ledger says {r.said} open, the queue {r.open}" for r in rows if r.said != r.open]
    return judged("the ledger of claims adds up to the queue", rows, wrong)


def standings_add_up(tx: Connection, shop_id: int | None) -> Check:
    """How a queue is said to stand is what its claims add up to: each decision goes by it instead of reading everybody."""
    key = ("shop_id", "item_id", "location_id", "run")
    run = func.coalesce(claims.c.run, NO_RUN).label("run")
    said = select(*(standings.c[n] for n in key), standings.c.claims, standings.c.units)
    there = select(*(claims.c[n] for n in key[:-1]), run, literal(-1).label("claims"), (-claims.c.units).label("units"))
    both = union_all(of_shop(shop_id, standings, said), of_shop(shop_id, claims, there)).subquery()
    asked = select(
        both.c.item_id,
        both.c.location_id,
        func.sum(both.c.claims).label("claims"),
        func.sum(both.c.units).label("units"),
    )
    rows = tx.execute(asked.group_by(*(both.c[n] for n in key))).all()
    wrong = [
        f"item {r.item_id} at {r.location_id}: {r.claims} claims and {r.units} units more are said to wait than do"
        for r in rows
        if r.claims or r.units
    ]
    return judged("how each queue stands is what its claims add up to", rows, wrong)


def _entered(shop_id: int | None) -> Select[tuple[int, ...]]:
    ledger = allocation_ledger
    key = (ledger.c.shop_id, ledger.c.line_id, ledger.c.location_id)
    said = (ledger.c.units.label("said"), ledger.c.kept.label("said_kept"))
    return of_shop(shop_id, ledger, select(*key, *said, _NOTHING.label("held"), _NOTHING.label("held_kept")))


def _standing(shop_id: int | None) -> Select[tuple[int, ...]]:
    key = (allocations.c.shop_id, allocations.c.line_id, allocations.c.location_id)
    held = (allocations.c.units.label("held"), allocations.c.kept.label("held_kept"))
    return of_shop(shop_id, allocations, select(*key, _NOTHING.label("said"), _NOTHING.label("said_kept"), *held))
