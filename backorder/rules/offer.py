"""What the store shows of a variant: the metafield ``$app:backorder`` that theme, cart and order page read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from backorder.rules.evidence import SHOWN_STATES, shows_a_notice
from backorder.rules.lots import Lot
from backorder.rules.projection import Future, Queue, ships_by, ships_from
from backorder.rules.selling import Decision, SellingState

VERSION = 1
# A theme falls silent by itself when we have not renewed the metafield for this long (domain §8).
VALID_FOR = timedelta(days=7)
RENEW_BEFORE = timedelta(days=3)
FEW = 10  # units on the shelf
_NOT_SHOWN = frozenset({"valid_until", "token"})


def steps(queue: Queue, future: Future, room: int) -> list[dict[str, Any]]:
    """How the day moves with the quantity, for who stands behind a queue: the first ``units`` units have the first ``ship_by``, and so on.

    Never more units than ``room`` allows to be sold, nor on a day whose slots are taken. Where a range is shown, ``range_from`` is
    the day before which they hardly ship.
    """
    dated: list[tuple[date, date, int]] = []
    said = 0
    for day, soonest, units in _by_place(queue, future) if queue.enough else _by_lot(queue, future):
        count = min(units, room - said)
        if count <= 0:
            continue
        days = [(day, count)] if queue.slots is None else queue.slots.by_quantity(day, said + 1, said + count)
        dated += [(each, soonest, of_it) for each, of_it in days]
        said += count
    return [_step(day, list(group), future) for day, group in groupby(dated, key=lambda one: one[0])]


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


def _step(day: date, group: Sequence[tuple[date, date, int]], future: Future) -> dict[str, Any]:
    step: dict[str, Any] = {"units": sum(units for _, _, units in group), "ship_by": day.isoformat()}
    soonest = min(soonest for _, soonest, _ in group)
    return step | {"range_from": soonest.isoformat()} if future.by_range and soonest < day else step


def metafield(
    decision: Decision, stepped: list[dict[str, Any]], now: datetime, per_order: int | None = None, free: int = 0
) -> dict[str, Any]:
    """The JSON value: state, the next buyer's day, and the ``steps`` by which the day moves with the quantity.

    A range is promised by its last day, ``ship_by``; without ``range_from`` there is only that day. ``per_order`` is said where one
    order may have no more units. ``free`` units ship at once and the store sells beyond them: who wants more is told the day of the
    steps, as long as there are so ``FEW`` that somebody will. It is told anew with each sale, so not of full shelves.
    """
    few = decision.state is SellingState.IN_STOCK and 0 < free <= FEW and bool(stepped)
    shown = stepped if few or decision.state is SellingState.BACKORDER else []
    next_buyers = shown[0] if shown and decision.ship_by and shown[0]["ship_by"] == decision.ship_by.isoformat() else {}
    said = {"per_order": per_order} if per_order is not None else {}
    return {
        "v": VERSION,
        "state": decision.state.value,
        "ship_by": decision.ship_by.isoformat() if decision.ship_by else None,
        **({"range_from": next_buyers["range_from"]} if "range_from" in next_buyers else {}),
        "steps": shown,
        "valid_until": (now + VALID_FOR).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        **said,
        **({"free": free} if few else {}),
    }


@dataclass(frozen=True)
class Reading:
    """What a metafield says to somebody who wants some units: the day, or how many could have one (``most``)."""

    state: str
    ship_by: date | None = None
    most: int | None = None

    @property
    def promised(self) -> bool:
        """Whether it holds for all the units."""
        return self.state in SHOWN_STATES and self.most is None


def read(metafield: Mapping[str, Any], units: int, now: datetime) -> Reading | None:
    """What a page says by a metafield, as the theme reads it too (promise.js); None where it has run out."""
    state, stepped, free = metafield["state"], metafield["steps"], metafield.get("free", 0)
    if now >= datetime.fromisoformat(metafield["valid_until"]):
        return None
    if not stepped or units <= free:
        day = metafield["ship_by"]
        return Reading(state, date.fromisoformat(day) if day else None)
    reached = free
    for step in stepped:
        reached += step["units"]
        if units <= reached:
            return Reading(SellingState.BACKORDER.value, date.fromisoformat(step["ship_by"]))
    return Reading(SellingState.BACKORDER.value, date.fromisoformat(stepped[-1]["ship_by"]), most=reached)


def says_the_same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two metafields show a shopper the same, whatever their expiry and the token that proves it."""
    return _content(one) == _content(other)


def must_be_written(wanted: Mapping[str, Any], shown: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether the store's metafield must be renewed: it says something else, or falls silent soon."""
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
