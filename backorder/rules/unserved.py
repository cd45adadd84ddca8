"""Why is nobody served? Every unit on a shelf at which somebody waits is accounted for, each in one sentence.

The reasons are worked out from what the decision itself was made from, so that what they say is true.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from backorder.rules.allocation import Shelf
from backorder.rules.claims import Claim
from backorder.rules.queue_policy import NOT_WHOLE, WHOLE_ORDERS, QueuePolicy
from backorder.rules.rises import Aside
from backorder.rules.settled import Settled
from backorder.rules.wording import moment, units


class Why(StrEnum):
    """What keeps units from those who wait, or goods from being given out at all."""

    NOT_COUNTED = "not counted"
    NOT_MANAGED = "not managed"
    NOTHING_THERE = "nothing there"
    OWED = "owed"
    QUARANTINE = "quarantine"
    UNSEEN = "unseen orders"
    UNSETTLED = "unsettled"
    CAN_SHIP = "can ship"
    IN_WORKS = "in works"
    LEFT_ALONE = "left alone"
    NOT_PAID = "not paid"
    NOT_ROUTED = "not routed"
    HELD_BY_OTHERS = "held by others"
    PACED = "paced"
    STUCK = "stuck"
    UNDER_WAY = "under way"
    WITH_THE_REST = "with the rest"
    SET_ASIDE = "set aside"
    TOO_FEW = "too few"
    NOT_DECIDED = "not decided"


# Of these the units lie on the shelf; the others say why there are none, or why nothing is taken from anybody.
OF_UNITS = frozenset(Why) - {Why.NOT_COUNTED, Why.NOT_MANAGED, Why.NOTHING_THERE, Why.OWED, Why.UNSETTLED}


@dataclass(frozen=True)
class Reason:
    """One reason, of how many units it speaks, and a sentence for people."""

    why: Why
    units: int
    sentence: str


@dataclass(frozen=True)
class Shown:
    """A shelf as it was decided, with what else keeps goods from leaving.

    ``waiting`` units are short, of everybody in the queue, of whom ``shelf.claims`` may be a part: all who were given something.
    ``hindered`` says of orders why what they were given does not leave. ``aside`` units are set aside by the policy for those who have
    waited long enough and take all or nothing. ``quarantined``: what is there besides, and serves nobody until somebody says so (domain §2).
    ``paced``: how many orders are let go in an hour or a day, in words; the next of those that wait for room leave at ``next_leave``, in the
    shop's own time, None: now.
    """

    settled: Settled
    shelf: Shelf
    waiting: int
    counted: bool = True
    managed: bool = True
    quarantined: Aside = field(default_factory=Aside)
    hindered: Mapping[int, Why] = field(default_factory=dict)
    policy: QueuePolicy = field(default_factory=QueuePolicy)
    aside: int = 0
    paced: str = ""
    next_leave: datetime | None = None


def why_nobody(shown: Shown) -> tuple[Reason, ...]:
    """Why those who wait are not served; nothing where nobody waits. The first is what matters most."""
    if not shown.waiting:
        return ()
    return tuple(_reasons(shown))


def _reasons(shown: Shown) -> Iterator[Reason]:
    if not shown.counted:
        yield Reason(Why.NOT_COUNTED, 0, "The store does not count these goods, so nothing of them is given out.")
        return
    if not shown.managed:
        yield Reason(Why.NOT_MANAGED, 0, "The app does not manage these goods, so it gives nothing of them out.")
        return
    settled = shown.settled
    yield from _in_quarantine(shown.quarantined)
    if settled.anonymous:
        yield Reason(Why.UNSEEN, settled.anonymous, f"{_belong(settled.anonymous)} to orders that we cannot see yet.")
    if settled.unseen < 0:
        said = f"{units(-settled.unseen)} of open orders are no longer committed in the store; it is looked at again."
        yield Reason(Why.UNSETTLED, -settled.unseen, said)
    yield from _given(shown)
    yield from _lying(shown)
    if shown.shelf.short:
        said = f"{units(shown.shelf.short)} too many were given: the stock was lost after it was let go."
        yield Reason(Why.OWED, shown.shelf.short, said)
    elif settled.supply < 0:
        yield Reason(Why.OWED, -settled.supply, f"The shelf owes {units(-settled.supply)}: more left than was there.")
    elif not settled.supply:
        said = "Nothing else is on the shelf." if shown.quarantined.units else "Nothing is on the shelf."
        yield Reason(Why.NOTHING_THERE, 0, said)


def _in_quarantine(aside: Aside) -> Iterator[Reason]:
    """What is there and serves nobody: what nobody has said anything of yet, and what somebody set or kept aside."""
    if aside.in_question:
        count = aside.in_question
        said = f"{units(count)} turned up without a reason and {_is(count)} set aside: release {_it(count)} if {_is_there(count)}."
        yield Reason(Why.QUARANTINE, count, said)
    if aside.kept:
        said = f"{_are(aside.kept)} set aside by hand: release {_it(aside.kept)} and {_goes(aside.kept)} to whoever is next."
        yield Reason(Why.QUARANTINE, aside.kept, said)


def _given(shown: Shown) -> Iterator[Reason]:
    """What was given, by what became of it."""
    found: Counter[Why] = Counter()
    for claim in shown.shelf.claims:
        if claim.given:
            for why, count in _of(claim, shown.hindered.get(claim.order_id)):
                found[why] += count
    for why, said in _SAID.items():
        if found[why]:
            more = _pace(shown) if why is Why.PACED else ""
            yield Reason(why, found[why], f"{_are(found[why])} {said}{more}.")


def _pace(shown: Shown) -> str:
    """How many orders leave in a while, and when the next of them."""
    leave = f"at {moment(shown.next_leave)}" if shown.next_leave is not None else "now"
    return f", {shown.paced}: the next leave {leave}"


_SAID = {
    Why.IN_WORKS: "given to orders that are being packed",
    Why.LEFT_ALONE: "left to orders that a subscription made, whose app decides when they ship",
    Why.CAN_SHIP: "given to orders that can ship",
    Why.UNDER_WAY: "given to orders whose release is under way",
    Why.WITH_THE_REST: "set aside for orders that leave when the rest of them is there",
    Why.HELD_BY_OTHERS: "set aside for orders that somebody else holds",
    Why.PACED: "given to orders that are let go in turn",
    Why.STUCK: "given to orders whose release failed; it stands on Health",
    Why.NOT_PAID: "set aside for orders that are not paid yet",
    Why.NOT_ROUTED: "set aside for orders that the store has yet to route",
}


def _of(claim: Claim, hindered: Why | None) -> Sequence[tuple[Why, int]]:
    """A claim's given units by what becomes of them: the packed and the open ones first, the rest waits for one reason."""
    if hindered is Why.LEFT_ALONE:
        return [(Why.LEFT_ALONE, claim.given)]
    packed = min(claim.given, claim.in_works)
    if not claim.routed:
        rest = Why.NOT_ROUTED
    elif claim.lost_turn:
        rest = Why.HELD_BY_OTHERS
    elif not claim.ready:
        rest = Why.NOT_PAID
    else:
        rest = hindered or (Why.WITH_THE_REST if claim.backordered else Why.UNDER_WAY)
    free = hindered is not Why.HELD_BY_OTHERS and claim.ready
    shipping = min(claim.given, max(packed, claim.exposed)) - packed if free else 0
    return [(Why.IN_WORKS, packed), (Why.CAN_SHIP, shipping), (rest, claim.given - packed - shipping)]


def _lying(shown: Shown) -> Iterator[Reason]:
    """What is free by a policy that gives all or nothing."""
    free = shown.shelf.free
    if not free:
        return
    if shown.policy.whole == NOT_WHOLE:
        yield Reason(
            Why.NOT_DECIDED, free, f"{_are(free)} free and about to be given out: the goods are being looked at."
        )
        return
    what = "orders" if shown.policy.whole == WHOLE_ORDERS else "lines"
    aside = min(free, shown.aside)
    if aside:
        yield Reason(Why.SET_ASIDE, aside, f"{_are(aside)} set aside until all is there: {what} are served whole.")
    if free > aside:
        lie = f"{units(free - aside)} {'lies' if free - aside == 1 else 'lie'}"
        yield Reason(Why.TOO_FEW, free - aside, f"{lie} free, and nobody who waits can be served whole: {what} are.")


def in_one_sentence(reasons: Iterable[Reason]) -> str:
    """All reasons together, as they are shown."""
    return " ".join(reason.sentence for reason in reasons)


def _belong(count: int) -> str:
    return f"{units(count)} {'belongs' if count == 1 else 'belong'}"


def _are(count: int) -> str:
    return f"{units(count)} {_is(count)}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _it(count: int) -> str:
    return "it" if count == 1 else "them"


def _is_there(count: int) -> str:
    return "it is really there" if count == 1 else "they are really there"


def _goes(count: int) -> str:
    return "it goes" if count == 1 else "they go"
