"""What the store shows of a variant: the metafield ``$app:backorder`` that theme, cart and order page read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from backorder.rules.evidence import SHOWN_STATES
from backorder.rules.projection import Future, Serving
from backorder.rules.selling import Decision, SellingState

VERSION = 1
# A theme falls silent by itself when we have not renewed the metafield for this long (domain §8).
VALID_FOR = timedelta(days=7)
RENEW_BEFORE = timedelta(days=3)
_NOT_SHOWN = frozenset({"valid_until", "token"})


def steps(left: Iterable[Serving], future: Future, room: int) -> list[dict[str, Any]]:
    """How the day moves with the quantity: the first ``units`` units have the first ``ship_by``, and so on.

    Never more units than ``room`` allows to be sold.
    """
    dated = []
    for serving in left:
        units = min(serving.units, room)
        room -= units
        if units > 0:
            arrival = max(serving.lot.due(future.today), future.earliest)
            dated.append((future.calendar.ships_on(arrival), units))
    return [
        {"units": sum(units for _, units in group), "ship_by": day.isoformat()}
        for day, group in groupby(dated, key=lambda pair: pair[0])
    ]


def metafield(decision: Decision, stepped: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """The JSON value: state, the next buyer's day, and the ``steps`` by which the day moves with the quantity."""
    return {
        "v": VERSION,
        "state": decision.state.value,
        "ship_by": decision.ship_by.isoformat() if decision.ship_by else None,
        "steps": stepped if decision.state is SellingState.BACKORDER else [],
        "valid_until": (now + VALID_FOR).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
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
    state, stepped = metafield["state"], metafield["steps"]
    if now >= datetime.fromisoformat(metafield["valid_until"]):
        return None
    if state != SellingState.BACKORDER.value or not stepped:
        day = metafield["ship_by"]
        return Reading(state, date.fromisoformat(day) if day else None)
    reached = 0
    for step in stepped:
        reached += step["units"]
        if units <= reached:
            return Reading(state, date.fromisoformat(step["ship_by"]))
    return Reading(state, date.fromisoformat(stepped[-1]["ship_by"]), most=reached)


def says_the_same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two metafields show a shopper the same, whatever their expiry and the token that proves it."""
    return _content(one) == _content(other)


def must_be_written(wanted: Mapping[str, Any], shown: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether the store's metafield must be renewed: it says something else, or falls silent soon."""
    if shown is None:
        return bool(wanted["state"] != SellingState.IN_STOCK.value)
    if not says_the_same(wanted, shown) or (wanted["state"] in SHOWN_STATES and "token" not in shown):
        return True
    if wanted["state"] == SellingState.IN_STOCK.value:
        return False
    until = datetime.fromisoformat(str(shown["valid_until"]))
    return until - now < RENEW_BEFORE


def _content(metafield: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {k: v for k, v in metafield.items() if k not in _NOT_SHOWN} if metafield else None
