"""Policies and whose the orders are, drawn by chance, and a queue that is served by them."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from backorder.rules.allocation import allocate
from backorder.rules.by_policy import Serves, Whose
from backorder.rules.queue_policy import GOES_FIRST, WHOLE, QueuePolicy
from backorder.rules.repromise import PROMISE_FIRST
from backorder.rules.settled import Settled
from tests.rules.cast import NOW, TODAY, claim, hours_ago

PATIENCE = 3
policies = st.builds(
    QueuePolicy,
    goes_first=st.sampled_from([one for one in GOES_FIRST if one != PROMISE_FIRST]),
    chosen_tags=st.just(("VIP",)),
    chosen_percent=st.sampled_from((10, 50, 90)),
    chosen_units_a_day=st.sampled_from((None, 1, 2)),
    whole=st.sampled_from(WHOLE),
    customer_units=st.sampled_from((None, 1, 2)),
    passed_over_days=st.just(PATIENCE),
)
people = st.integers(1, 6)
whose = st.builds(
    Whose,
    chosen=st.frozensets(people),
    customers=st.dictionaries(people, st.sampled_from((71, 72))),
    incomplete=st.frozensets(people),
)


def of_day(instant):
    return instant.date()


NOBODY = Whose()


def serves(policy, who=NOBODY, kept=None):
    return Serves(policy, who, of_day, {TODAY: kept} if kept else {})


def served(queue, supply, policy, who=NOBODY, kept=None):
    by = serves(policy, who, kept)
    return allocate(queue, Settled(supply, 0), lambda wanted, free: by.give(wanted, free, TODAY))


def days_old(queue):
    """Somebody came each day: those who came first have waited longest."""
    return [replace(one, since=NOW - timedelta(days=7 - one.line_id)) for one in queue]


def enlarged(one, added, days):
    """A claim to which an edit added units some days after it came."""
    return replace(
        one, units=one.units + added, later=((one.since + timedelta(days=days, hours=-1), added),) * (added > 0)
    )


def given_to(shelf):
    return {one.line_id: one.given for one in shelf.claims}


def fresh(who, units=1, **changes):
    return claim(who, units, **{"since": hours_ago(20 - who), **changes})
