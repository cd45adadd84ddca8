"""The policy lease: the borrowed right to set a variant's policy, and when to give it back (domain §8).

The store's policy is compared with our last *confirmed* write, never with the desired one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from backorder.rules.seen import Policy


class LeaseState(StrEnum):
    HELD = "held"  # we have set the policy and owe the original
    YIELDED = "yielded"  # somebody else set it after us; hands off until a person re-arms
    RETURNED = "returned"  # the original is back


@dataclass(frozen=True)
class Lease:
    """What was borrowed and how it stands.

    ``original`` is owed back; ``confirmed`` is what the store was read to have after our last write, ``as_of`` that moment
    in the store's time: what was read earlier says nothing about what was written later.
    """

    variant_id: int
    original: Policy
    confirmed: Policy
    state: LeaseState = LeaseState.HELD
    in_flight: Policy | None = None
    as_of: datetime | None = None


@dataclass(frozen=True)
class LeaseStep:
    """What to do: the lease to keep from now on, and the policy to write, if any."""

    lease: Lease | None
    write: Policy | None
    reason: str


def seen(lease: Lease | None, policy: Policy, at: datetime) -> Lease | None:
    """What reading the store's policy (as of ``at``) does to a lease: an echo changes nothing, a stranger's change yields."""
    if lease is None or lease.state is not LeaseState.HELD or policy == lease.confirmed:
        return lease
    if lease.as_of is not None and at < lease.as_of:
        return lease
    if lease.in_flight == policy:
        return replace(lease, confirmed=policy, in_flight=None, as_of=at)  # our write has landed unnoticed
    return replace(lease, state=LeaseState.YIELDED, confirmed=policy, in_flight=None, as_of=at)


def step(variant_id: int, lease: Lease | None, policy: Policy, wanted: Policy | None) -> LeaseStep:
    """The next move, given a lease that has ``seen`` the store's present ``policy``, and what the selling state wants.

    ``wanted`` None means: want nothing, give back what was borrowed.
    """
    if lease is not None and lease.state is LeaseState.YIELDED:
        return LeaseStep(lease, None, "somebody changed the policy by hand; waiting to be re-armed")
    held = lease if lease is not None and lease.state is LeaseState.HELD else None
    if held is None:
        if wanted is None or wanted == policy:
            return LeaseStep(lease, None, "nothing is borrowed and nothing needs to be")
        fresh = Lease(variant_id, original=policy, confirmed=policy, in_flight=wanted)
        return LeaseStep(fresh, wanted, "borrow the policy")
    target = held.original if wanted is None else wanted
    if policy != target:
        return LeaseStep(replace(held, in_flight=target), target, "change the borrowed policy")
    if wanted is None or wanted == held.original:
        returned = replace(held, state=LeaseState.RETURNED, confirmed=policy, in_flight=None)
        return LeaseStep(returned, None, "the policy is what it was before")
    return LeaseStep(replace(held, confirmed=policy, in_flight=None), None, "the policy already is as wanted")


def written(lease: Lease, policy: Policy, at: datetime) -> Lease:
    """Our write was confirmed by the store at ``at`` (its time).

    An answer that comes after the news of somebody else's later change does not undo it.
    """
    if lease.state is LeaseState.YIELDED or (lease.as_of is not None and at < lease.as_of):
        return lease
    done = policy == lease.original
    state = LeaseState.RETURNED if done else LeaseState.HELD
    return replace(lease, state=state, confirmed=policy, in_flight=None, as_of=at)


def rearm(lease: Lease) -> Lease | None:
    """A person lets us act again. What somebody set by hand is from now on the original that is owed back."""
    return None if lease.state is LeaseState.YIELDED else lease
