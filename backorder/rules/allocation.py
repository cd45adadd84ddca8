"""Who gets the shelf (domain §§1, 3, 4).

While nothing was released or told, the shelf is decided anew from the complete set of claims, so that the order in which
news arrives cannot matter. What is kept stays. One function, one total order, no ties.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from backorder.rules.claims import Claim
from backorder.rules.settled import Settled
from backorder.rules.tranches import pieces

_age = attrgetter("age")


# Of a queue, oldest first, with the units that each still wants, and the units that may be given: what each is given.
Policy = Callable[[Sequence[tuple[Claim, int]], int], Sequence[int]]


@dataclass(frozen=True)
class Shelf:
    """The decision for one item at one location: the claims with what each is given, oldest first.

    ``short`` units are kept or may not be taken, and are not there: a recorded shortage that a person decides about.
    ``free`` units nobody has spoken for.
    """

    claims: tuple[Claim, ...]
    free: int
    short: int

    @property
    def allocated(self) -> int:
        return sum(claim.given for claim in self.claims)


def allocate(claims: Iterable[Claim], settled: Settled, policy: Policy | None = None) -> Shelf:
    """Give the units of a shelf to the claims on it.

    First what is kept, then by age, each tranche of a claim at its own. While the read is incomplete nothing is taken from anybody: what was given counts as
    kept for this decision, and only what the unseen orders leave is newly given. Units for claims that are not ready (their
    payment rule is not met) are set aside behind everybody else's. ``policy``: how what is not kept is given, if not by age.
    """
    whole = sorted(claims, key=_age)
    if any(claim.later for claim in whole):
        given, left = _give(sorted((piece for claim in whole for piece in pieces(claim)), key=_age), settled, policy)
        by_spot: Counter[tuple[int, int]] = Counter()
        for piece, units in given:
            by_spot[piece.line_id, piece.location_id] += units
        given = [(claim, by_spot[claim.line_id, claim.location_id]) for claim in whole]
    else:
        given, left = _give(whole, settled, policy)
    served = [claim.served(units, min(claim.kept, claim.units)) for claim, units in given]
    return Shelf(tuple(served), free=max(0, left), short=max(0, -left))


def _give(queue: Iterable[Claim], settled: Settled, policy: Policy | None) -> tuple[list[tuple[Claim, int]], int]:
    """What each of a queue, oldest first, is given of the shelf, and what is left of it (below 0: missing)."""
    complete = settled.complete
    # Most have nothing yet: they are not asked twice.
    with_floors = [
        (claim, _floor(claim, complete=complete) if claim.given or claim.kept or claim.in_works else 0)
        for claim in queue
    ]
    left = settled.to_give - sum([floor for _, floor in with_floors])
    if policy is not None:
        shares = policy([(claim, claim.units - floor) for claim, floor in with_floors], max(0, left))
        by_policy = [(claim, floor + units) for (claim, floor), units in zip(with_floors, shares, strict=True)]
        return by_policy, left - sum(shares)
    given = []
    for claim, floor in with_floors:
        more = min(left, claim.units - floor) if left > 0 else 0
        left -= more
        given.append((claim, floor + more))
    return given, left


def can_be_given(claim: Claim, queue: Iterable[Claim], settled: Settled) -> int:
    """Units of a shelf that a person may give to one of its queue: what nobody keeps, is having packed, or may not lose now."""
    complete = settled.complete
    others = sum(_floor(one, complete=complete) for one in queue if one.line_id != claim.line_id)
    stays = max(claim.kept, claim.in_works)
    return max(0, min(claim.units, settled.to_give - others) - stays)


def _floor(claim: Claim, *, complete: bool) -> int:
    return claim.stuck if complete else max(claim.stuck, min(claim.given, claim.units))
