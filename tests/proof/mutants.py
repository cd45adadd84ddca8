"""Mutants: the product with one rule broken, each the kind of mistake that a change could bring. The runner must catch all.

Locks are not among them: a sequence is played by one hand. tests/books/test_many_hands.py turns those off.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from backorder import deliver, departures, note, scene
from backorder.db import claims, lots, outbox
from backorder.db.outbox import Due, Effect
from backorder.deliver import handing_over, holding, offering
from backorder.deliver.outcome import Outcome, done
from backorder.house import House
from backorder.rules import allocation, lease
from backorder.rules.allocation import Shelf
from backorder.rules.claims import Claim
from backorder.rules.seen import Policy
from backorder.rules.settled import Settled

Mutant = Callable[[pytest.MonkeyPatch], None]


def the_newest_first(patch: pytest.MonkeyPatch) -> None:
    """The queue is served from its end."""

    def age(claim: Claim) -> tuple[Any, ...]:
        return (not claim.ready, claim.rank, -claim.since.timestamp(), -claim.order_id, claim.line_id, claim.tranche)

    patch.setattr(Claim, "age", property(age))


def one_unit_too_many(patch: pytest.MonkeyPatch) -> None:
    """Each shelf seems to hold one unit more than it does."""
    right = scene.allocate

    def wrong(claims: Iterable[Claim], settled: Settled, *policy: allocation.Policy) -> Shelf:
        return right(claims, replace(settled, supply=settled.supply + 1), *policy)

    patch.setattr(scene, "allocate", wrong)


def one_unit_stays_behind(patch: pytest.MonkeyPatch) -> None:
    """The last unit of a shelf is given to nobody."""
    right = scene.allocate

    def wrong(claims: Iterable[Claim], settled: Settled, *policy: allocation.Policy) -> Shelf:
        return right(claims, replace(settled, supply=settled.supply - 1), *policy)

    patch.setattr(scene, "allocate", wrong)


def holds_are_never_released(patch: pytest.MonkeyPatch) -> None:
    """A release counts as done and is not."""

    def wrong(_house: House, _due: Due, _now: datetime) -> Outcome:
        return done()

    patch.setitem(deliver.DELIVERERS, Effect.RELEASE, wrong)


def letters_go_twice(patch: pytest.MonkeyPatch) -> None:
    """Every letter is handed over twice."""
    right = handing_over.send

    def wrong(url: str, message: Any) -> Any:
        right(url, message)
        return right(url, message)

    patch.setattr(handing_over, "send", wrong)


def goods_are_in_before_they_are(patch: pytest.MonkeyPatch) -> None:
    """ "Your item is in" is owed when the hold is placed."""
    right = holding.hold

    def wrong(house: House, due: Due, now: datetime) -> Outcome:
        outcome = right(house, due, now)
        with house.db.write() as tx:
            waiting = claims.of_orders(tx, due.shop_id, [due.subject])
            payload = {"about": "arrived", "lines": {str(claim.line_id): 1 for claim in waiting}}
            key, at = f"early/{due.outbox_id}", holding.transport_now()
            outbox.put(tx, due.shop_id, Effect.MAIL, due.lane, due.subject, key, at, payload)
        return outcome

    patch.setitem(deliver.DELIVERERS, Effect.HOLD, wrong)


def waivers_are_ignored(patch: pytest.MonkeyPatch) -> None:
    """What staff released is held again."""
    patch.setattr(note, "_waived", lambda *_: {})


def nothing_is_kept(patch: pytest.MonkeyPatch) -> None:
    """What was released may be taken back by somebody older."""
    patch.setattr(lots, "keep", lambda *_, **__: None)


def a_hold_for_every_attempt(patch: pytest.MonkeyPatch) -> None:
    """Holds have no natural key, and an attempt looks at nothing before it holds."""
    numbers = itertools.count(1)
    right = holding.hold

    def wrong(house: House, due: Due, now: datetime) -> Outcome:
        patch.setattr(holding, "HANDLE", f"promised-{next(numbers)}")
        patch.setattr(holding, "under_our_hold", lambda _part: False)
        outcome = right(house, due, now)
        store = holding.open_store(house, due.shop_id)
        seen = store.order(due.subject)
        for part in seen.fulfillment_orders if seen else ():
            if any(one.ours for one in part.holds):
                store.hold(part.fulfillment_order_id, f"promised-{next(numbers)}", None, "again")
                break
        return outcome

    patch.setitem(deliver.DELIVERERS, Effect.HOLD, wrong)


def policies_are_never_given_back(patch: pytest.MonkeyPatch) -> None:
    """What is not wanted any more is left selling beyond stock."""
    right = lease.step

    def wrong(variant_id: int, held: lease.Lease | None, policy: Policy, wanted: Policy | None) -> lease.LeaseStep:
        return right(variant_id, held, policy, wanted or Policy.CONTINUE)

    patch.setattr(lease, "step", wrong)
    patch.setattr(offering, "POLICY_FOR", dict(offering.POLICY_FOR))


def cancelled_orders_go_on_waiting(patch: pytest.MonkeyPatch) -> None:
    """An order that is cancelled while it waits is left saying so (it once was)."""
    patch.setattr(note, "misannotated", lambda *_: [])


def what_moves_is_kept_no_more(patch: pytest.MonkeyPatch) -> None:
    """Units that were let go are held again where their line was moved to."""
    patch.setattr(note, "carried", lambda *_: {})


def what_left_serves_the_rest_of_its_line(patch: pytest.MonkeyPatch) -> None:
    """What a unit was given stays with its line when that unit ships (it once did)."""
    patch.setattr(departures, "take_off", lambda *_: None)


# Each with the acts without which it would not show, which are drawn more often, and the first seed to try: to save the suite's time.
MUTANTS: tuple[tuple[Mutant, tuple[str, ...], int], ...] = (
    (the_newest_first, (), 1),
    (one_unit_too_many, (), 1),
    (one_unit_stays_behind, (), 1),
    (holds_are_never_released, ("count in",), 4),
    (letters_go_twice, (), 1),
    (goods_are_in_before_they_are, (), 1),
    (waivers_are_ignored, ("staff release", "settle"), 19),
    (nothing_is_kept, ("served", "correct"), 1),
    (a_hold_for_every_attempt, (), 1),
    (policies_are_never_given_back, ("manage", "settle"), 2),
    (cancelled_orders_go_on_waiting, ("waiting", "cancel"), 1),
    (what_moves_is_kept_no_more, ("served", "move", "settle"), 6),
    (what_left_serves_the_rest_of_its_line, ("partly there", "ship", "settle"), 1),
)
