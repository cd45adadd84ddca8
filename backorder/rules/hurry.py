"""How many units may sell before every page shows what was just decided: the units sold in our reaction time (domain §6 and §7).

A page that says "up to 37 by Friday" is right for as many as are left then. Until the metafield that says so is everywhere, others
buy; so a step is told with fewer units, as many as will hardly sell meanwhile, going by what was sold lately.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, exp, sqrt

from backorder.rules.claims import Claim

LATELY = timedelta(minutes=10)
# From an order to the page that tells of it: to hear of it, to decide, to write, and as long again until every page has it.
SPREADS_IN = timedelta(seconds=15)
# More come meanwhile in one of ten cases.
RISK = 0.1
_NORMAL = 1.2816  # of which a normal number is more in one of ten cases
_MANY = 100.0  # from so many expected on the two cannot be told apart


@dataclass(frozen=True)
class Hurry:
    """``units`` may sell while a metafield spreads; that was so ``until`` then, if nothing is known since."""

    units: int
    until: datetime


def hurry(claims: Iterable[Claim], now: datetime) -> Hurry | None:
    """The pace at which orders came lately; None: so slowly that none need be expected.

    As many orders as may come, each of as many units as they had lately: one that takes much is no rush. Units added by an edit
    came like an order.
    """
    since = now - LATELY
    # Of ten thousand who wait, most have waited long.
    fresh = [claim for claim in claims if claim.since >= since or claim.later]
    lately = [units for claim in fresh for units in _joined(claim, since)]
    units = ceil(may_come(len(lately)) * sum(lately) / len(lately)) if lately else 0
    return Hurry(units, now + LATELY) if units else None


def may_come(lately: int) -> int:
    """Orders that may come while a metafield spreads, where so many came ``LATELY``; more than these do so with ``RISK`` at most."""
    expected = lately * (SPREADS_IN / LATELY)
    if expected > _MANY:
        return ceil(expected + _NORMAL * sqrt(expected))
    orders, chance = 0, exp(-expected)
    reached = chance
    while reached < 1 - RISK:
        orders += 1
        chance *= expected / orders
        reached += chance
    return orders


def _joined(claim: Claim, since: datetime) -> list[int]:
    """The units of a claim that joined since then, by the moments at which they did."""
    first = claim.units - sum(units for _, units in claim.later)
    joined = [(claim.since, first), *claim.later]
    return [units for moment, units in joined if moment >= since and units > 0]
