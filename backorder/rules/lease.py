"""The policy lease: the borrowed right to set a variant's policy, and when to give it back (domain §8).

The store's policy is compared with our last *confirmed* write, never with the desired one.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from backorder.rules.seen import Policy


class LeaseState(StrEnum):
    HELD = "held"  # we have set the policy and owe the original
    YIELDED = "yielded"  # somebody else set it after us; hands off until a person re-arms
    RETURNED = "returned"  # the original is back


@dataclass(frozen=True)
class Lease:
    """``original`` is owed back; ``confirmed`` is what the store was read to have after our last write."""

    variant_id: int
    original: Policy
    confirmed: Policy
    state: LeaseState = LeaseState.HELD
    in_flight: Policy | None = None


@dataclass(frozen=True)
class LeaseStep:
    """What to do: the lease to keep from now on, and the policy to write, if any."""

    lease: Lease | None
    write: Policy | None
    reason: str


def seen(lease: Lease | None, policy: Policy) -> Lease | None:
    """What an observation of the store's policy does to a lease: an echo changes nothing, a stranger's change yields."""
    if lease is None or lease.state is not LeaseState.HELD:
        return lease
    if policy == lease.confirmed:
        return lease
    if lease.in_flight is not None:
        # Our own write may have landed unnoticed. Otherwise the store has neither what was nor what we wrote.
        return replace(lease, confirmed=policy, in_flight=None) if policy == lease.in_flight else _yielded(lease, policy)
    return _yielded(lease, policy)


def step(lease: Lease | None, policy: Policy, wanted: Policy | None) -> LeaseStep:
    """The next move, given the store's policy as just read and what the selling state wants.

    ``wanted`` None means: want nothing, give back what was borrowed.
    """
    lease = seen(lease, policy)
    if lease is not None and lease.state is LeaseState.YIELDED:
        return LeaseStep(lease, None, "somebody changed the policy by hand; waiting to be re-armed")
    held = lease if lease is not None and lease.state is LeaseState.HELD else None
    if wanted is None or (held is not None and wanted == held.original):
        return _give_back(held, policy)
    if held is None:
        if policy == wanted:
            return LeaseStep(None, None, "the policy already is as wanted")
        fresh = Lease(_variant(lease), policy, policy, in_flight=wanted)
        return LeaseStep(fresh, wanted, "borrow the policy")
    if held.confirmed == wanted:
        return LeaseStep(replace(held, in_flight=None), None, "the policy already is as wanted")
    return LeaseStep(replace(held, in_flight=wanted), wanted, "change the borrowed policy")


def _give_back(held: Lease | None, policy: Policy) -> LeaseStep:
    if held is None:
        return LeaseStep(None, None, "nothing was borrowed")
    if policy == held.original:
        returned = replace(held, state=LeaseState.RETURNED, confirmed=policy, in_flight=None)
        return LeaseStep(returned, None, "the policy is what it was before")
    return LeaseStep(replace(held, in_flight=held.original), held.original, "give the policy back")


def _yielded(lease: Lease, policy: Policy) -> Lease:
    return replace(lease, state=LeaseState.YIELDED, confirmed=policy, in_flight=None)


def _variant(lease: Lease | None) -> int:
    return lease.variant_id if lease else 0
