"""The shelf under the policy *promise first*: it is the first of the arrivals that those who were promised something share."""

from collections.abc import Mapping, Sequence
from datetime import date

from backorder.rules.allocation import Policy
from backorder.rules.claims import Claim
from backorder.rules.projection import Future, ships_by, wants
from backorder.rules.repromise import Arrival, share


def by_promise(future: Future, promised: Mapping[int, date | None]) -> Policy:
    """How a shelf is given: nobody who can be served in time from what is to come takes a unit that a promise needs today.

    A promise whose day has passed is none that could be kept: such a claim is served by its age.
    """
    coming = [Arrival(ships_by([lot], future), lot.units) for lot in future.in_order()]

    def give(queue: Sequence[tuple[Claim, int]], free: int) -> list[int]:
        asked = [wants(claim, units, promised) for claim, units in queue]
        return [dict(shares).get(0, 0) for shares in share(asked, [Arrival(future.today, free), *coming])]

    return give
