"""Tranches: units that an edit adds to a line join the queue at the time of the edit (domain §3).

A claim stays one thing for a line at a location; in the queue it stands as pieces, each with its own age. What the claim was
given, keeps, or has in the works belongs to its oldest units.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from backorder.rules.claims import Claim
from backorder.rules.seen import AgreementSeen, LineSeen, OrderSeen

# Units and when they joined, oldest first.
Joined = list[tuple[datetime, int]]


def joined(
    agreements: Iterable[AgreementSeen], line_id: int, created_at: datetime, units: int, taken_out: int | None = None
) -> Joined:
    """How a line's ``units`` open units joined its order.

    Reductions take the youngest units, shipping the oldest. ``taken_out`` units left the order before they shipped; what else
    the agreements take off it had shipped and came back, or was paid back: that is gone already. What no agreement tells of
    joined with the order.
    """
    told = sorted((a for a in agreements if a.line_id == line_id), key=lambda a: a.happened_at)
    reduced = -sum(a.units for a in told if a.units < 0)
    had_shipped = 0 if taken_out is None else max(0, reduced - taken_out)
    tranches: Joined = []
    for agreement in told:
        if agreement.units > 0:
            tranches.append((agreement.happened_at, agreement.units))
        else:
            # What was unshipped then was taken out then; who sends something back does so after it came.
            reduced += agreement.units
            gone = min(-agreement.units, max(0, -agreement.units + reduced - had_shipped))
            had_shipped -= -agreement.units - gone
            tranches = youngest_gone(tranches, gone)
    known = sum(count for _, count in tranches)
    if known < units:
        first = tranches[0][0] if tranches else created_at
        tranches = [(first, units - known), *tranches]
    return oldest_gone(tranches, known - units)


def units_bought(order: OrderSeen, line: LineSeen) -> int:
    """The units that a line was bought with: what later edits added or took was never in the cart."""
    first = min((a.happened_at for a in order.agreements), default=None)
    at_once = sum(a.units for a in order.agreements if a.line_id == line.line_id and a.happened_at == first)
    return at_once if at_once > 0 else line.quantity


def units_up_to(order: OrderSeen) -> dict[int, int]:
    """By line, the units of its variant that the order was bought with up to and with it: lines of one variant stand one behind the other."""
    reached: Counter[int | None] = Counter()
    found = {}
    for line in sorted(order.lines, key=lambda line: line.line_id):
        reached[line.variant_id] += units_bought(order, line)
        found[line.line_id] = reached[line.variant_id]
    return found


def oldest_gone(tranches: Joined, units: int) -> Joined:
    """What is left when the oldest ``units`` have left."""
    left: Joined = []
    for since, count in tranches:
        gone = min(count, max(0, units))
        units -= gone
        if count > gone:
            left.append((since, count - gone))
    return left


def youngest_gone(tranches: Joined, units: int) -> Joined:
    """What is left when the youngest ``units`` have left."""
    return oldest_gone(tranches[::-1], units)[::-1]


def pieces(claim: Claim) -> tuple[Claim, ...]:
    """The claim as it stands in the queue: a piece for each tranche, oldest first; itself where it has only one."""
    if not claim.later:
        return (claim,)
    first = claim.units - sum(units for _, units in claim.later)
    found = []
    before = 0
    for number, (since, units) in enumerate(((claim.since, first), *claim.later)):
        found.append(
            replace(
                claim,
                since=since,
                units=units,
                later=(),
                tranche=number,
                given=_share(claim.given, before, units),
                kept=_share(claim.kept, before, units),
                in_works=_share(claim.in_works, before, units),
                exposed=_share(claim.exposed, before, units),
            )
        )
        before += units
    return tuple(found)


def _share(of: int, before: int, units: int) -> int:
    """How many of a claim's ``of`` oldest units lie in a piece of ``units`` that stands behind ``before`` older ones."""
    return min(max(0, of - before), units)
