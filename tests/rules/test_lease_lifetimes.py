"""Whole lifetimes of a lease: answers get lost, strangers come by, and in the end everybody has back what was theirs."""

from datetime import datetime, timedelta

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from backorder.rules import lease as leases
from backorder.rules.lease import Lease, LeaseState, LeaseStep
from backorder.rules.seen import Policy
from tests.dice import DICE
from tests.rules.cast import NOW, law

VARIANT = 101
policies = st.sampled_from(Policy)


class Lifetime(RuleBasedStateMachine):
    """A store with one policy, the app that borrows it, and people who set it by hand."""

    seen = staticmethod(leases.seen)
    step = staticmethod(leases.step)

    @initialize(policy=policies)
    def opens(self, policy: Policy) -> None:
        self.now = NOW
        self.store, self.changed_at = policy, self.now
        self.lease: Lease | None = None
        self.wanted: Policy | None = None
        self.owed = policy  # what the merchant must find once we want nothing
        self.ours: Policy | None = None  # what we put there last, while we hold it
        self.readings: list[tuple[Policy, datetime]] = []

    def set_in_store(self, policy: Policy) -> None:
        self.now += timedelta(seconds=1)
        if policy is not self.store:
            self.store, self.changed_at = policy, self.now

    def read(self) -> None:
        self.readings.append((self.store, self.changed_at))
        stranger = self.ours is not None and self.store is not self.ours
        self.lease = self.seen(self.lease, self.store, self.changed_at)
        if stranger:
            assert self.lease is not None
            assert self.lease.state is LeaseState.YIELDED, "a stranger's change yields"
            self.owed, self.ours = self.store, None

    @rule(wanted=st.one_of(st.none(), policies))
    def the_selling_state_wants(self, wanted: Policy | None) -> None:
        self.wanted = wanted

    @rule(fate=st.sampled_from(("answered", "answered", "lost on the way", "answer lost")))
    def works(self, fate: str) -> None:
        self.read()
        before = self.lease
        moved: LeaseStep = self.step(VARIANT, before, self.store, self.wanted)
        self.lease = moved.lease
        if moved.write is None:
            self.ours = self.store if self.holds() else None
            return
        assert before is None or before.state is not LeaseState.YIELDED, "nothing is written until re-armed"
        if self.ours is None:
            self.owed = self.store
        self.ours = self.store
        if fate != "lost on the way":
            self.set_in_store(moved.write)
            self.ours = moved.write
        if fate == "answered":
            assert self.lease is not None
            self.lease = leases.written(self.lease, self.store, self.changed_at)
            self.ours = self.ours if self.holds() else None

    # With two values a change made while our own write is unknown cannot be told from that write: nobody could.
    @precondition(lambda self: self.lease is None or self.lease.in_flight is None)
    @rule(policy=policies)
    def somebody_sets_it_by_hand(self, policy: Policy) -> None:
        self.set_in_store(policy)
        if self.ours is None:
            self.owed = policy

    @rule()
    def a_webhook_has_it_read(self) -> None:
        self.read()

    @precondition(lambda self: self.readings)
    @rule(which=st.integers(0, 30))
    def an_old_reading_comes_late(self, which: int) -> None:
        policy, at = self.readings[which % len(self.readings)]
        if self.lease is not None and self.lease.as_of is not None and at < self.lease.as_of:
            assert self.seen(self.lease, policy, at) == self.lease, "an old reading changes nothing"

    @precondition(lambda self: self.lease is not None and self.lease.state is LeaseState.YIELDED)
    @rule()
    def a_person_re_arms(self) -> None:
        assert self.lease is not None
        self.lease = leases.rearm(self.lease)
        self.owed = self.store

    def holds(self) -> bool:
        return self.lease is not None and self.lease.state is LeaseState.HELD

    def teardown(self) -> None:
        """The app leaves: whatever happened before, the store ends as the merchant had it, or set it since."""
        if not hasattr(self, "store"):
            return
        self.wanted = None
        for _ in range(2):
            self.works("answered")
        assert self.store is self.owed, "the original, or the other's later value, is there in the end"
        assert not self.holds(), "nothing is owed in the end"


class NeverYields(Lifetime):
    """Takes everybody's change for its own."""

    @staticmethod
    def seen(lease: Lease | None, policy: Policy, at: datetime) -> Lease | None:
        return None if lease is None else Lease(lease.variant_id, lease.original, policy, lease.state, as_of=at)


class ForgetsTheOriginal(Lifetime):
    """Borrows without remembering what was there."""

    @staticmethod
    def step(variant_id: int, lease: Lease | None, policy: Policy, wanted: Policy | None) -> LeaseStep:
        moved = leases.step(variant_id, lease, policy, wanted)
        if lease is None and moved.write is not None:
            borrowed = Lease(variant_id, original=moved.write, confirmed=policy, in_flight=moved.write)
            return LeaseStep(borrowed, moved.write, moved.reason)
        return moved


class DoesNotKnowItsOwnWrite(Lifetime):
    """Takes its own write, whose answer was lost, for somebody else's."""

    @staticmethod
    def seen(lease: Lease | None, policy: Policy, at: datetime) -> Lease | None:
        if lease is not None and lease.in_flight is policy:
            lease = Lease(lease.variant_id, lease.original, lease.confirmed, lease.state, None, lease.as_of)
        return leases.seen(lease, policy, at)


# Lifetimes are cheap and the telling ones rare.
briefly = settings(law, max_examples=150 * DICE, stateful_step_count=25)
# Finding one fault is enough: it need not be made small, remembered, or told apart from others.
until_caught = settings(briefly, derandomize=True, database=None, phases=[Phase.generate], report_multiple_bugs=False)


def test_in_the_end_everybody_has_back_what_was_theirs():
    run_state_machine_as_test(Lifetime, settings=briefly)


@pytest.mark.parametrize(
    ("broken", "caught"),
    [
        (NeverYields, "a stranger's change yields|an old reading changes nothing"),
        (ForgetsTheOriginal, "the original, or the other's later value, is there in the end"),
        (DoesNotKnowItsOwnWrite, "the original, or the other's later value|an old reading changes nothing"),
    ],
)
def test_a_lease_that_cheats_is_caught(broken, caught):
    with pytest.raises(AssertionError, match=caught):
        run_state_machine_as_test(broken, settings=until_caught)
