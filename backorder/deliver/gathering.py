"""Gathering: what one letter says to a customer, from the books as they are when it leaves; nothing when its reason is gone.

All that is untold of an order is said in one letter.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypedDict

from backorder.by_hand import TAKEN_BACK
from backorder.db import claims, counts, lots, mails, order_lines, orders, promises
from backorder.db.engine import Connection
from backorder.db.orders import Order
from backorder.db.outbox import Due
from backorder.mail.letter import Kind, LetterLine
from backorder.promise import last_told, letter_key, untold
from backorder.rules.mixed import Way
from backorder.rules.promises import Basis, Promise
from backorder.rules.revision import Why
from backorder.rules.seen import LineSeen
from backorder.rules.silent import SILENT_RULE
from backorder.rules.tranches import pieces

# A loss takes from somebody at once, or as soon as it is sure which open orders the store has committed nothing to (domain §1).
SURE_OF_A_LOSS = timedelta(minutes=5)


@dataclass(frozen=True)
class Gathered:
    """What one letter will say: its lines, why (where all that moved has one reason), and which promise versions it tells.

    ``in_stock``: units by line of which it says that they ship now.
    """

    kind: Kind
    lines: tuple[LetterLine, ...]
    reason: str | None
    versions: tuple[tuple[int, int], ...]
    in_stock: Mapping[int, int] = field(default_factory=dict)


class Days(TypedDict, total=False):
    """What a letter promises of a line."""

    ship_by: date | None
    ship_from: date | None


class Before(TypedDict, total=False):
    """What had been promised of a line until now."""

    was: date | None
    was_from: date | None


def gather(tx: Connection, due: Due) -> Gathered | None:
    """What there is to say now; None when the reason is gone."""
    order = orders.get(tx, due.shop_id, due.subject)
    if order is None or order.cancelled_at is not None:
        return None
    versions = promises.of_orders(tx, due.shop_id, [due.subject])
    lines = order_lines.of_orders(tx, due.shop_id, [due.subject]).get(due.subject, ())
    waits, ready, sent = _open_units(tx, due)
    there = dict(ready)
    # Of a gift card or a download nobody is told that it ships.
    unshipped = {line.line_id for line in lines if not line.requires_shipping}
    ready = {line_id: units for line_id, units in ready.items() if line_id not in unshipped}
    if order.way is Way.TOGETHER and any(units for line_id, units in waits.items() if line_id not in sent):
        # Nothing of it leaves before the slowest, goods that nobody manages included.
        waits |= {line_id: waits.get(line_id, 0) + units for line_id, units in ready.items() if line_id not in sent}
        ready = {line_id: units for line_id, units in ready.items() if line_id in sent}
    if due.payload["about"] == "arrived":
        # A relay may have been away for hours: of what left meanwhile, with its buyer or without, nothing is to be packed.
        came = {int(line_id): units for line_id, units in due.payload["lines"].items()}
        arrived = {line_id: min(units, there.get(line_id, 0)) for line_id, units in came.items()}
        return _arrived(lines, waits, arrived, versions, sent) if any(arrived.values()) else None
    news = tuple(p for p in untold(versions) if waits.get(p.line_id))
    shown = tuple(p for p in _shown_and_unconfirmed(tx, due, versions) if waits.get(p.line_id))
    if not news and not shown:
        return None
    told = {line.line_id: last_told(versions, line.line_id) for line in lines}
    added = _added_since(tx, due, told)
    told |= dict.fromkeys(added)
    if any(told[p.line_id] for p in news):
        return _date_changed(lines, waits, news, versions, told, sent)
    slowest = _slowest(versions)
    return Gathered(
        _kind(tx, due, order, [line for line in lines if line.line_id not in added], news),
        tuple(
            LetterLine(
                title=line.title,
                sku=line.sku,
                units_waiting=waits.get(line.line_id, 0),
                units_ready=ready.get(line.line_id, 0),
                sent_directly=line.line_id in sent,
                **(_days(versions, line.line_id) or (slowest if waits.get(line.line_id) else Days())),
            )
            for line in lines
            if waits.get(line.line_id) or ready.get(line.line_id)
        ),
        None,
        tuple((p.line_id, p.version) for p in (*news, *shown)),
        {}
        if order.way is Way.ASKED
        else {line.line_id: ready[line.line_id] for line in lines if ready.get(line.line_id)},
    )


def _added_since(tx: Connection, due: Due, told: Mapping[int, Promise | None]) -> set[int]:
    """Lines of which nothing waits but what an edit added after the line's day was told: that was the day of units that have had it."""
    waits_since: dict[int, datetime] = {}
    for claim in claims.of_orders(tx, due.shop_id, [due.subject]):
        for piece in pieces(claim):
            if piece.backordered:
                waits_since[claim.line_id] = min(piece.since, waits_since.get(claim.line_id, piece.since))
    return {
        line_id
        for line_id, since in waits_since.items()
        if (said := told.get(line_id)) and said.told_at and since > max(said.made_at, said.told_at)
    }


def _shown_and_unconfirmed(tx: Connection, due: Due, versions: tuple[Promise, ...]) -> tuple[Promise, ...]:
    """What the page showed and still stands, of which no letter was written yet."""
    keys = {due.key, *(row.key for row in mails.open_in(tx, due.shop_id, due.lane))}
    latest = {p.line_id: p for p in versions}.values()
    return tuple(p for p in latest if p.basis is Basis.SHOWN and letter_key(p.line_id, p.version) in keys)


def _kind(tx: Connection, due: Due, order: Order, lines: Iterable[LineSeen], news: Iterable[Promise]) -> Kind:
    """How the first letter about a wait begins: what its buyer knew when they bought, and whether it was there then."""
    said = tuple(news)
    if _lost_from_the_shelf(tx, due.shop_id, order, {p.line_id for p in said if p.basis is not Basis.TOGETHER}):
        return Kind.STOCK_LOST
    return Kind.CONFIRMATION if _all_were_shown(lines, said) else Kind.YOU_SHOULD_KNOW


def _lost_from_the_shelf(tx: Connection, shop_id: int, order: Order, line_ids: Collection[int]) -> bool:
    """Whether one of these lines had units of the shelf that stock was lost under, or that a person took back."""
    taken = [row for row in lots.history(tx, shop_id, line_ids) if row["units"] < 0]
    if any(row["cause"] == TAKEN_BACK for row in taken):
        return True
    changes = counts.since(tx, shop_id, {row["item_id"] for row in taken}, order.created_at) if taken else {}
    return any(
        one.unexplained < 0 and timedelta(0) <= row["at"] - one.at <= SURE_OF_A_LOSS
        for row in taken
        for one in changes.get((row["item_id"], row["location_id"]), ())
    )


def _all_were_shown(lines: Iterable[LineSeen], news: Iterable[Promise]) -> bool:
    """Whether the buyer of every line that we have news of knew, when they bought, that they would wait."""
    proven = {line.line_id for line in lines if line.evidence and line.evidence.valid}
    return all(p.line_id in proven for p in news if p.basis is not Basis.TOGETHER)


def _arrived(
    lines: tuple[LineSeen, ...],
    waits: dict[int, int],
    arrived: dict[int, int],
    versions: tuple[Promise, ...],
    sent: frozenset[int],
) -> Gathered:
    return Gathered(
        Kind.ARRIVED,
        tuple(
            LetterLine(
                title=line.title,
                sku=line.sku,
                units_waiting=waits.get(line.line_id, 0),
                units_ready=arrived.get(line.line_id, 0),
                sent_directly=line.line_id in sent,
                **(_days(versions, line.line_id) if waits.get(line.line_id) else Days()),
            )
            for line in lines
            if waits.get(line.line_id) or arrived.get(line.line_id)
        ),
        None,
        (),
    )


def _date_changed(
    lines: tuple[LineSeen, ...],
    waits: dict[int, int],
    news: tuple[Promise, ...],
    versions: tuple[Promise, ...],
    told: dict[int, Promise | None],
    sent: frozenset[int],
) -> Gathered:
    def was(line_id: int) -> Before:
        before = told[line_id] or next((p for p in news if p.line_id == line_id), None)
        if before is not None:
            return {"was": before.ship_by, "was_from": before.ship_from}
        days = _slowest(tuple(p for p in versions if p.told_at is not None))
        return {"was": days.get("ship_by"), "was_from": days.get("ship_from")}

    slowest = _slowest(versions)
    reasons = {p.line_id: p.reason for p in news if (before := told[p.line_id]) and before.ship_by != p.ship_by}
    one = next(iter(reasons.values())) if len(set(reasons.values())) == 1 else None
    return Gathered(
        Kind.DATE_CHANGED,
        tuple(
            LetterLine(
                title=line.title,
                sku=line.sku,
                units_waiting=waits[line.line_id],
                units_ready=0,
                sent_directly=line.line_id in sent,
                **(_days(versions, line.line_id) or slowest),
                **was(line.line_id),
                # What nothing is promised of by itself moves with the rest.
                reason=None if one else reasons.get(line.line_id, Why.TOGETHER.value),
            )
            for line in lines
            if waits.get(line.line_id)
        ),
        one,
        tuple((p.line_id, p.version) for p in news),
    )


def _open_units(tx: Connection, due: Due) -> tuple[dict[int, int], dict[int, int], frozenset[int]]:
    """Units that wait, and units that are covered, by line, and which lines suppliers send. Lines that need no stock of ours are ready."""
    waits: dict[int, int] = {}
    open_units: dict[int, int] = {}
    sent = set()
    for claim in claims.of_orders(tx, due.shop_id, [due.subject]):
        waits[claim.line_id] = waits.get(claim.line_id, 0) + claim.backordered
        open_units[claim.line_id] = open_units.get(claim.line_id, 0) + claim.units
        if claim.drop_shipped:
            sent.add(claim.line_id)
    promised = {p.line_id for p in promises.of_orders(tx, due.shop_id, [due.subject]) if p.rule != SILENT_RULE}
    # A claim on goods that we do not manage is given nothing by us and waits for nothing; of silent ones nothing is said.
    waits = {line_id: units for line_id, units in waits.items() if line_id in promised}
    ready = {line_id: units - waits.get(line_id, 0) for line_id, units in open_units.items()}
    return waits, ready, frozenset(sent)


def _slowest(versions: tuple[Promise, ...]) -> Days:
    """The days of the line of an order that is promised last, for its lines of which nothing is promised themselves."""
    dated = [(p.ship_by, p.ship_from) for p in {p.line_id: p for p in versions}.values() if p.ship_by]
    ship_by, ship_from = max(dated, default=(None, None), key=lambda days: days[0])
    return {"ship_by": ship_by, "ship_from": ship_from}


def _days(versions: tuple[Promise, ...], line_id: int) -> Days:
    """What the newest version of a line says: its day, and the first one of the range."""
    latest = next((p for p in reversed(versions) if p.line_id == line_id), None)
    return {"ship_by": latest.ship_by, "ship_from": latest.ship_from} if latest else {}
