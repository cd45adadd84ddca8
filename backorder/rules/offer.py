"""What the store shows of a variant: the metafield ``$app:backorder`` that theme, cart and order page read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from backorder.rules.evidence import SHOWN_STATES, shows_a_notice
from backorder.rules.lots import Lot
from backorder.rules.mixed import SPLIT
from backorder.rules.projection import Future, Queue, ships_by, ships_from, told_from
from backorder.rules.selling import Decision, SellingState

VERSION = 1
# A theme falls silent by itself when we have not renewed the metafield for this long (domain §8).
VALID_FOR = timedelta(days=7)
RENEW_BEFORE = timedelta(days=3)
FEW = 10  # units on the shelf
_SILENT_UP_TO = frozenset({SellingState.IN_STOCK, SellingState.SILENT})  # what is free, where there is little of it
_WAITS = frozenset({SellingState.BACKORDER, SellingState.ASAP})
_NOT_SHOWN = frozenset({"valid_until", "token"})


def steps(queue: Queue, future: Future, room: int) -> list[dict[str, Any]]:
    """How the day moves with the quantity, for who stands behind a queue: the first ``units`` units have the first ``ship_by``, and so on.

    Never more units than ``room`` allows to be sold, nor on a day whose slots are taken. Where a range or a week is shown,
    ``range_from`` is its first day: they hardly ship before.
    """
    dated: list[tuple[date, date | None, int]] = []
    said = 0
    for day, soonest, units in _by_place(queue, future) if queue.enough else _by_lot(queue, future):
        count = min(units, room - said)
        if count <= 0:
            continue
        days = [(day, count)] if queue.slots is None else queue.slots.by_quantity(day, said + 1, said + count)
        dated += [(each, told_from(each, soonest, future), of_it) for each, of_it in days]
        said += count
    return [_step(day, list(group)) for day, group in groupby(dated, key=lambda one: one[0])]


def _by_lot(queue: Queue, future: Future) -> Iterator[tuple[date, date, int]]:
    """The day, the soonest day and the number of units that have them: who wants so many waits for all of their lots."""
    lots: list[Lot] = []
    for serving in queue.left:
        lots.append(serving.lot)
        yield ships_by(lots, future), ships_from(lots, future), serving.units


def _by_place(queue: Queue, future: Future) -> Iterator[tuple[date, date, int]]:
    """As ``_by_lot``, where a place has its day over all lots (rules.enough)."""
    if queue.enough is None:
        return
    at = queue.waiting
    for place, day in zip(queue.enough.places, queue.enough.days, strict=True):
        if place > at:
            early = future.hardly.by(at + 1) if future.hardly else None
            soonest = future.calendar.ships_on(max(future.earliest, early.on if early else day))
            yield future.ships_on(day), soonest, place - at
            at = place


def _step(day: date, group: Sequence[tuple[date, date | None, int]]) -> dict[str, Any]:
    step: dict[str, Any] = {"units": sum(units for _, _, units in group), "ship_by": day.isoformat()}
    first = min((first for _, first, _ in group if first is not None), default=None)
    return step | {"range_from": first.isoformat()} if first else step


def lessened(
    stepped: Sequence[dict[str, Any]], free: int, units: int, kept_back: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """Steps, and the ``free`` units before them, as they will be when ``units`` more have sold; one of each always stays.

    ``kept_back`` units are not in the steps because they may sell meanwhile: the last step need not be less for those.
    """
    found = [dict(step) for step in stepped]
    if found:
        found[-1]["units"] += min(units, kept_back)
    left = min(units, max(0, free - 1))
    free, units = free - left, units - left
    units = min(units, sum(step["units"] for step in found) - 1)
    while found and units > 0:
        gone = min(units, found[0]["units"])
        found[0]["units"] -= gone
        units -= gone
        if found[0]["units"] == 0:
            found.pop(0)
    return found, free


def beyond_silence(stepped: Sequence[dict[str, Any]], until: date) -> tuple[list[dict[str, Any]], int]:
    """The steps that ship after the shop's ordinary window, and how many units before them ship within it, without a word."""
    soon = [step for step in stepped if date.fromisoformat(step["ship_by"]) <= until]
    return list(stepped[len(soon) :]), sum(step["units"] for step in soon)


def metafield(
    decision: Decision,
    stepped: list[dict[str, Any]],
    now: datetime,
    per_order: int | None = None,
    free: int = 0,
    per_customer: int | None = None,
    ship_from: date | None = None,
    substitutes: Sequence[Mapping[str, Any]] = (),
    mixed: str = SPLIT,
    *,
    sent_directly: bool = False,
) -> dict[str, Any]:
    """The JSON value: state, the next buyer's day, and the ``steps`` by which the day moves with the quantity.

    A range is promised by its last day, ``ship_by``; without ``range_from`` there is only that day. ``ship_from`` is where the next
    buyer's begins, for a day that no steps say. ``per_order`` and ``per_customer`` are said where one order or customer may have no
    more units. ``free`` units ship at once, or soon enough to say nothing, and the store sells beyond them: who wants more is told
    the day of the steps. Where they are ``FEW`` it is told anew with each sale; of a full shelf the steps alone are told, which no sale
    moves, and the page takes the number from the store's own count as it is drawn (promise-live.liquid).
    ``substitutes`` (title, handle, variant) are shown where somebody has to wait or cannot buy. ``mixed``: how an order leaves of which some
    waits (rules.mixed); a page says it beside the wait where that is not part by part (domain §10 g).
    ``sent_directly``: the supplier sends it to the buyer, so that nothing arrives here first; it is in no order that leaves together.
    """
    few = decision.state in _SILENT_UP_TO and 0 < free <= FEW and bool(stepped)
    full = decision.state is SellingState.IN_STOCK and free > FEW
    shown = stepped if few or full or decision.state is SellingState.BACKORDER else []
    next_buyers = shown[0] if shown and decision.ship_by and shown[0]["ship_by"] == decision.ship_by.isoformat() else {}
    if not shown and decision.ship_by and ship_from:
        next_buyers = {"range_from": ship_from.isoformat()}
    limits = {"per_order": per_order, "per_customer": per_customer}
    said = {name: most for name, most in limits.items() if most is not None}
    return {
        "v": VERSION,
        "state": decision.state.value,
        "ship_by": decision.ship_by.isoformat() if decision.ship_by else None,
        **({"range_from": next_buyers["range_from"]} if "range_from" in next_buyers else {}),
        "steps": shown,
        "valid_until": (now + VALID_FOR).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        **said,
        **({"free": free} if few else {}),
        **(
            {"mixed": mixed}
            if mixed != SPLIT and not sent_directly and (few or (full and shown) or decision.state in _WAITS)
            else {}
        ),
        **({"sent_directly": True} if sent_directly and decision.state is SellingState.ASAP else {}),
        **({"substitutes": list(substitutes)} if substitutes and decision.state not in _SILENT_UP_TO else {}),
    }


@dataclass(frozen=True)
class Reading:
    """What a metafield says to somebody who wants some units: the day, or how many could have one (``most``).

    Where a range is told, ``ship_from`` is its first day. ``sent_directly``: without a day, and it never arrives here.
    """

    state: str
    ship_by: date | None = None
    most: int | None = None
    ship_from: date | None = None
    sent_directly: bool = False

    @property
    def promised(self) -> bool:
        """Whether it holds for all the units."""
        return self.state in SHOWN_STATES and self.most is None


def read(metafield: Mapping[str, Any], units: int, now: datetime) -> Reading | None:
    """What a page says by a metafield, as the theme reads it too (promise.js); None where it has run out.

    How much is free on a full shelf is not in it: who wants more than one asks the books.
    """
    state, stepped, free = metafield["state"], metafield["steps"], metafield.get("free", 0)
    if now >= datetime.fromisoformat(metafield["valid_until"]):
        return None
    full = state == SellingState.IN_STOCK.value and "free" not in metafield
    if not stepped or units <= free or full:
        ship_by, ship_from = _day(metafield.get("ship_by")), _day(metafield.get("range_from"))
        return Reading(state, ship_by, ship_from=ship_from, sent_directly=metafield.get("sent_directly", False))
    reached = free
    for step in stepped:
        reached += step["units"]
        if units <= reached:
            return _of_step(step)
    return replace(_of_step(stepped[-1]), most=reached)


def _of_step(step: Mapping[str, Any]) -> Reading:
    return Reading(SellingState.BACKORDER.value, _day(step["ship_by"]), ship_from=_day(step.get("range_from")))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def says_the_same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two metafields show a shopper the same, whatever their expiry and the token that proves it."""
    return _content(one) == _content(other)


def must_be_written(wanted: Mapping[str, Any], shown: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether the store's metafield must be renewed: it says something else, or falls silent soon.

    Where none is ``wanted`` (it is empty), whether one is there, to be taken off.
    """
    if not wanted:
        return shown is not None
    speaks = bool(wanted["state"] != SellingState.IN_STOCK.value or wanted["steps"])
    if shown is None:
        return speaks
    if not says_the_same(wanted, shown) or (shows_a_notice(wanted) and "token" not in shown):
        return True
    if not speaks:
        return False
    until = datetime.fromisoformat(str(shown["valid_until"]))
    return until - now < RENEW_BEFORE


def _content(metafield: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {k: v for k, v in metafield.items() if k not in _NOT_SHOWN} if metafield else None
