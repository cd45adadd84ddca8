"""Drop-ship: which order lines a supplier sends to their buyers, so that they take no part in a shelf (rules.drop_ship).

A line goes by its variant, until somebody says otherwise by hand or the supplier was told: from then on it stays where it is. What was let
go, or is being packed, is sent from here whatever its variant says.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from backorder.db import catalogue, claims, drop_ships
from backorder.db.drop_ships import DropShip, fresh
from backorder.db.engine import Connection
from backorder.rules.claims import Claim
from backorder.rules.left_alone import left_alone
from backorder.rules.parcels import Step, next_step
from backorder.rules.seen import LineSeen, OrderSeen

Spot = tuple[int, int]  # (line, location)


def as_sent(
    seen: OrderSeen,
    now: Sequence[Claim],
    before: Collection[Claim],
    stored: Iterable[LineSeen],
    known: Mapping[int, DropShip],
    by_variant: Mapping[int, int],
) -> tuple[tuple[Claim, ...], tuple[DropShip, ...]]:
    """An order's claims as they are sent, and what is to be written down of its new lines.

    ``known``: what is written down, by line; ``by_variant``: the variants that suppliers send, each with its supplier.
    """
    if not known and not by_variant:
        return tuple(now), ()
    had = {claim.line_id for claim in before} | {line.line_id for line in stored if line.shipped}
    packed = {claim.line_id for claim in now if claim.in_works}
    new: dict[int, DropShip] = {}
    for line in seen.lines if left_alone(seen.source) is None else ():
        supplier_id = by_variant.get(line.variant_id) if line.variant_id is not None else None
        untouched = line.line_id not in known and line.line_id not in had | packed and not line.shipped
        if supplier_id is not None and untouched:
            new[line.line_id] = fresh(line.line_id, seen.order_id, supplier_id, seen.created_at, by_hand=False)
    new = {line_id: row for line_id, row in new.items() if any(claim.line_id == line_id for claim in now)}
    sent = {line_id for line_id, row in {**known, **new}.items() if row.supplier_id is not None}
    return tuple(replace(claim, drop_shipped=claim.line_id in sent) for claim in now), tuple(new.values())


def as_before(now: Sequence[Claim], before: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims that are sent as their lines were."""
    sent = {claim.line_id for claim in before if claim.drop_shipped}
    return tuple(replace(claim, drop_shipped=claim.line_id in sent) for claim in now) if sent else tuple(now)


def without_sent(
    tx: Connection, shop_id: int, waived: Mapping[Spot, int], claimed: Iterable[Claim], at: datetime
) -> dict[Spot, int]:
    """Units whose hold staff released, less those that suppliers send: of these nothing is kept, and no hold is placed again."""
    sent = {claim.line_id for claim in claimed if claim.drop_shipped}
    drop_ships.let_go(tx, shop_id, {line_id for line_id, _ in waived if line_id in sent}, at)
    return {spot: units for spot, units in waived.items() if spot[0] not in sent}


def keep_up(tx: Connection, shop_id: int, seen: OrderSeen, now: Iterable[Claim], known: Mapping[int, DropShip]) -> None:
    """End what is written down of lines of which nothing is open and whose supplier knows; what opens again goes on.

    So does what is open beyond the units that the supplier shipped, once the store was told of these.
    """
    open_units: dict[int, int] = {}
    for claim in now:
        open_units[claim.line_id] = open_units.get(claim.line_id, 0) + claim.units
    shipped = {line.line_id: line.shipped for line in seen.lines}
    ended, goes_on = [], []
    for line_id, row in known.items():
        units, gone = open_units.get(line_id, 0), shipped.get(line_id, 0)
        over = not units and row.told.to_tell(0, gone) is None
        if over and row.ended_at is None:
            ended.append(line_id)
        elif not over and (row.ended_at is not None or (units and row.unsaid(gone) == 0)):
            goes_on.append(line_id)
    drop_ships.end(tx, shop_id, ended, seen.updated_at)
    drop_ships.begin_again(tx, shop_id, goes_on)


def with_returns(
    tx: Connection, shop_id: int, seen: OrderSeen, stored: Iterable[LineSeen], known: Mapping[int, DropShip]
) -> dict[int, DropShip]:
    """What is known of an order's lines, now that buyers sent some units back: these had left, so nothing more is owed for them."""
    was = {line.line_id: line for line in stored}
    found, fresh = dict(known), []
    for line in seen.lines:
        row, before = known.get(line.line_id), was.get(line.line_id)
        if row is None or before is None or not row.told.units:
            continue
        # What a parcel that did not leave gave back is open again; what a buyer sent back is not.
        back = before.shipped - line.shipped - max(0, line.unfulfilled - before.unfulfilled)
        if back > 0:
            told = replace(row.told, shipped_before=row.told.shipped_before - back)
            up_to = None if row.shipped_up_to is None else row.shipped_up_to - back
            found[line.line_id] = replace(row, told=told, shipped_up_to=up_to)
            fresh.append(found[line.line_id])
    drop_ships.keep(tx, shop_id, fresh)
    return found


def can_be_told(seen: OrderSeen, known: Mapping[int, DropShip]) -> bool:
    """Whether the store can be told now of something of an order that a supplier has shipped."""
    shipped = drop_ships.said_of(known, seen.lines)
    parts = seen.fulfillment_orders if shipped and seen.cancelled_at is None else ()
    return isinstance(next_step(parts, shipped), Step)


def order_gone(tx: Connection, shop_id: int, order_id: int) -> None:
    """The store has an order no more: of what no supplier was told, nothing is left to tell."""
    rows = drop_ships.of_orders(tx, shop_id, [order_id])
    drop_ships.forget(tx, shop_id, [line_id for line_id, row in rows.items() if not row.told.units])


def follow_variants(tx: Connection, shop_id: int, variant_ids: Iterable[int], now: datetime) -> None:
    """Let the open lines of these variants go by them, of which nobody said anything and no supplier was told.

    The caller holds the items' lock and decides about them then.
    """
    lines = drop_ships.lines_of_variants(tx, shop_id, variant_ids)
    if not lines:
        return
    sender = {variant.variant_id: variant.sender for variant in catalogue.by_ids(tx, shop_id, set(lines.values()))}
    known = drop_ships.of_lines(tx, shop_id, lines)
    by_line: dict[int, list[Claim]] = {}
    for claim in claims.of_lines(tx, shop_id, lines):
        by_line.setdefault(claim.line_id, []).append(claim)
    there: list[DropShip] = []
    here = []
    for line_id, variant_id in sorted(lines.items()):
        row, supplier_id, open_ones = known.get(line_id), sender.get(variant_id), by_line[line_id]
        if row is not None and (row.by_hand or row.told.units or row.let_go_at):
            continue
        if supplier_id is None:
            here.append(line_id)
        elif row is not None:
            there += [replace(row, supplier_id=supplier_id)] if row.supplier_id != supplier_id else []
        elif may_be_sent(open_ones):
            there.append(fresh(line_id, open_ones[0].order_id, supplier_id, now, by_hand=False))
    gone = [line_id for line_id in here if line_id in known]
    drop_ships.forget(tx, shop_id, gone)
    drop_ships.mark(tx, shop_id, gone, drop_shipped=False)
    drop_ships.keep(tx, shop_id, there)
    drop_ships.mark(tx, shop_id, [row.line_id for row in there], drop_shipped=True)


def may_be_sent(open_ones: Iterable[Claim]) -> bool:
    """Whether a line with these claims may be handed to a supplier: nothing of it was let go or is being packed."""
    return not any(claim.kept or claim.in_works for claim in open_ones)


def items_of(tx: Connection, shop_id: int, supplier_id: int) -> frozenset[int]:
    """The items of what a supplier is to send and was not told of."""
    lines = drop_ships.of_supplier(tx, shop_id, supplier_id)
    return frozenset(claim.item_id for claim in claims.of_lines(tx, shop_id, lines))


def take_back(tx: Connection, shop_id: int, supplier_id: int) -> frozenset[int]:
    """A supplier is forgotten: what they were to send and were not told of is sent from here. The items concerned.

    The caller holds their lock and decides about them then.
    """
    items = items_of(tx, shop_id, supplier_id)
    lines = drop_ships.of_supplier(tx, shop_id, supplier_id)
    drop_ships.forget(tx, shop_id, lines)
    drop_ships.mark(tx, shop_id, lines, drop_shipped=False)
    return items
