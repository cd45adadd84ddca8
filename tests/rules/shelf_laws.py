"""What must be true of any decision about a shelf, said without knowing how it is made (domain §§1, 4, 12)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from backorder.rules.allocation import Shelf
from backorder.rules.claims import Claim
from backorder.rules.settled import Settled

Allocator = Callable[[Sequence[Claim], Settled], Shelf]


def stays(claim: Claim, settled: Settled) -> int:
    """Units that this decision may not take from a claim."""
    return max(claim.stuck, 0 if settled.complete else min(claim.given, claim.units))


def hold_for(allocator: Allocator, claims: Sequence[Claim], settled: Settled) -> None:
    """Every law of the shelf; an AssertionError names the one that is broken."""
    hold_but_for_age(allocator, claims, settled)
    nobody_overtakes(allocator(claims, settled), {claim.line_id: claim for claim in claims}, settled)


def hold_but_for_age(allocator: Allocator, claims: Sequence[Claim], settled: Settled) -> None:
    """The laws that do not say who goes before whom."""
    shelf = allocator(claims, settled)
    before = {claim.line_id: claim for claim in claims}
    there = max(0, settled.to_give)
    stuck = sum(stays(claim, settled) for claim in claims)
    assert {claim.line_id for claim in shelf.claims} == set(before), "every claim is answered"
    for claim in shelf.claims:
        assert 0 <= claim.given <= claim.units, "nobody is given more than was asked"
        assert claim.given >= stays(before[claim.line_id], settled), "what is kept stays"
    assert shelf.allocated <= max(there, stuck), "no shelf gives more than it holds"
    assert shelf.allocated + shelf.free - shelf.short == settled.to_give, "every unit is somewhere, once"
    assert not (shelf.free and any(claim.backordered for claim in shelf.claims)), (
        "nothing lies idle while somebody waits"
    )
    assert not (shelf.free and shelf.short), "a shelf is not short and free at once"


def nobody_overtakes(shelf: Shelf, before: dict[int, Claim], settled: Settled) -> None:
    """I2: no unit beyond what stays is given to a claim while an older one that may be served is short."""
    for older, younger in _pairs(shelf):
        if older.backordered and (older.ready or not younger.ready):
            assert younger.given == stays(before[younger.line_id], settled), "nobody is newly served past someone older"


def _pairs(shelf: Shelf) -> Iterator[tuple[Claim, Claim]]:
    for older, younger in product(shelf.claims, repeat=2):
        if older.age < younger.age:
            yield older, younger


def best_by_enumeration(claims: Sequence[Claim], settled: Settled) -> tuple[int, ...]:
    """The units given, oldest first, found by trying every way to give and picking by the stated law.

    A way is allowed if it takes nothing that stays and gives no more than is there; of those the one that serves the oldest
    best, then the next, and so on.
    """
    queue = sorted(claims, key=lambda claim: claim.age)
    least = [stays(claim, settled) for claim in queue]
    most = max(settled.to_give, sum(least))
    ways = product(*(range(low, claim.units + 1) for low, claim in zip(least, queue, strict=True)))
    return max(way for way in ways if sum(way) <= most)
