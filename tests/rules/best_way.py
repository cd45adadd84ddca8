"""The best way to give, picked by the words of a policy alone: every way is tried."""

from dataclasses import replace

from backorder.rules.queue_policy import CHOSEN_FIRST, COMPLETE_FIRST
from backorder.rules.tranches import pieces
from tests.rules.cast import TODAY
from tests.rules.policies import serves


def served_alone(queue, policy):
    """What is served for itself, oldest first: what goes whole is as old as its last unit."""
    if policy.whole == "off":
        found = [piece for one in queue for piece in pieces(one)]
    else:
        found = [replace(one, since=one.later[-1][0], later=()) if one.later else one for one in queue]
    return sorted(found, key=lambda one: one.age)


def allowed(way, queue, policy, who):
    """Whole or not at all, where the policy says so."""
    singly = policy.whole == "off"
    apart = who.incomplete if policy.whole == "order" else ()
    return all(
        singly or not units or (units == one.units and one.order_id not in apart)
        for units, one in zip(way, queue, strict=True)
    )


def rated(queue, supply, policy, who):
    """How good a way is, in the order in which the words name who is served."""
    by = serves(policy, who)

    def rate(way):
        long = [units for units, one in zip(way, queue, strict=True) if by.passed_over_no_more(one, TODAY)]
        rest = [(units, one) for units, one in zip(way, queue, strict=True) if not by.passed_over_no_more(one, TODAY)]
        first = []
        if policy.goes_first == CHOSEN_FIRST:
            # Chosen ones who have waited long enough have their units in turn, and not of the part.
            part = supply * policy.chosen_percent // 100
            part = min(part, policy.chosen_units_a_day or part)
            for units, one in rest:
                counted = min(units, part) if policy.whole == "off" or units <= part else 0
                first.append(counted if one.order_id in who.chosen else 0)
                part -= first[-1]
        if policy.goes_first == COMPLETE_FIRST:
            # An order is as old as its last unit, and complete when it has them all.
            last = {one.order_id: at for at, one in enumerate(queue) if not by.passed_over_no_more(one, TODAY)}
            short = {one.order_id for units, one in zip(way, queue, strict=True) if units < one.units}
            first = [order_id not in short | who.incomplete for order_id in sorted(last, key=last.get)]
        return long, first, way

    return rate
