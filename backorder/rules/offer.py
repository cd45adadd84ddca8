"""What the store shows of a variant: the metafield ``$app:backorder`` that theme, cart and order page read."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from backorder.rules.projection import Future, Serving, ships_on
from backorder.rules.selling import Decision, SellingState
from backorder.rules.slots import Slots

VERSION = 1
# A theme falls silent by itself when we have not renewed the metafield for this long (domain §8).
VALID_FOR = timedelta(days=7)
RENEW_BEFORE = timedelta(days=3)


def steps(left: Iterable[Serving], future: Future, room: int, slots: Slots | None = None) -> list[dict[str, Any]]:
    """How the day moves with the quantity: the first ``units`` units have the first ``ship_by``, and so on.

    Never more units than ``room`` allows to be sold, nor on a day whose ``slots`` are taken.
    """
    dated: list[tuple[date, int]] = []
    said = 0
    for serving in left:
        units = min(serving.units, room)
        room -= units
        if units > 0:
            day = ships_on(future, serving.lot)
            dated += [(day, units)] if slots is None else slots.by_quantity(day, said + 1, said + units)
            said += units
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


def says_the_same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two metafields show a shopper the same, whatever their expiry."""
    return _content(one) == _content(other)


def must_be_written(wanted: Mapping[str, Any], shown: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether the store's metafield must be renewed: it says something else, or falls silent soon."""
    if shown is None:
        return bool(wanted["state"] != SellingState.IN_STOCK.value)
    if not says_the_same(wanted, shown):
        return True
    if wanted["state"] == SellingState.IN_STOCK.value:
        return False
    until = datetime.fromisoformat(str(shown["valid_until"]))
    return until - now < RENEW_BEFORE


def _content(metafield: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {k: v for k, v in metafield.items() if k != "valid_until"} if metafield else None
