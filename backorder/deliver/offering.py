"""Offers: make the store sell and show each variant of a product as decided, policy and metafield in one call.

The row says only which product. The store's policies are read first: what somebody set by hand since is respected, not
overwritten (domain §8).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from backorder import note_items
from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import catalogue, dirty, offers, taking
from backorder.db.catalogue import Variant
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.offers import Offer
from backorder.db.outbox import Due, State
from backorder.deliver.outcome import Outcome, done, void
from backorder.failpoint import reached
from backorder.house import House
from backorder.keys import signing_key
from backorder.rules import evidence
from backorder.rules import lease as leases
from backorder.rules.lease import Lease
from backorder.rules.offer import must_be_written
from backorder.rules.seen import Policy
from backorder.rules.selling import SellingState
from backorder.store.written import OfferChange, OfferWritten

# The policy that a selling state needs; what is missing is said by the decision, or wants the merchant's own back.
POLICY_FOR = {
    SellingState.SILENT.value: Policy.CONTINUE,
    SellingState.BACKORDER.value: Policy.CONTINUE,
    SellingState.ASAP.value: Policy.CONTINUE,
    SellingState.WAITLIST.value: Policy.DENY,
}


def offer(house: House, due: Due, now: datetime, *, give_back: bool = False) -> Outcome:
    """Write what differs between the store and what was decided, for all variants of one product.

    ``give_back``: whatever was decided, only the policies that are owed back are written.
    """
    store = open_store(house, due.shop_id)
    with house.db.read() as tx:
        ids = [v.variant_id for v in catalogue.variants_of_product(tx, due.shop_id, due.subject) if not v.gone]
        ids = sorted(offers.get(tx, due.shop_id, ids))
    if not ids:
        return void("the product is gone")
    seen = store.variants_by_ids(ids)
    with house.db.write() as tx:
        catalogue.lock_items(tx, due.shop_id, {v.item_id for v in seen})
        catalogue.mark_gone(tx, due.shop_id, set(ids) - {v.variant_id for v in seen}, now)
        note_items.variants(tx, due.shop_id, seen, now)
        changes = _signed(house, store.domain, _changes(tx, due, now, give_back=give_back), now)
        taking.still_ours(tx, due)
    if not changes:
        return done("nothing to change")
    outcome = store.offer(due.subject, changes)
    reached("offer.written")
    with house.db.write() as tx:
        for change in changes:
            written = outcome.written.get(change.variant_id)
            if written is not None:
                _confirm(tx, due.shop_id, change, written, now)
    if outcome.refused:
        said = "; ".join(f"variant {variant}: {error.message}" for variant, error in sorted(outcome.refused.items()))
        return Outcome(State.DUE, error=said)
    return done()


def _changes(tx: Connection, due: Due, now: datetime, *, give_back: bool) -> tuple[OfferChange, ...]:
    """What to write, with every policy that will be written recorded as in flight first."""
    shop_id = due.shop_id
    found = [v for v in catalogue.variants_of_product(tx, shop_id, due.subject) if not v.gone]
    ids = [v.variant_id for v in found]
    decided, held = offers.get(tx, shop_id, ids), offers.leases(tx, shop_id, ids)
    changes = []
    for variant in found:
        wanted = decided.get(variant.variant_id)
        if wanted is not None:
            wanted = replace(wanted, state=SellingState.IN_STOCK.value, policy=None, wanted={}) if give_back else wanted
            change = _change(tx, shop_id, variant, wanted, held.get(variant.variant_id), now)
            if change is not None:
                changes.append(change)
    return tuple(changes)


def _signed(house: House, shop: str, changes: Iterable[OfferChange], now: datetime) -> tuple[OfferChange, ...]:
    """The changes, each metafield with the token that proves what it shows."""
    key = signing_key(house.settings, evidence.PURPOSE)
    found = []
    for change in changes:
        token = evidence.issue(key, shop, change.variant_id, change.promise, now) if change.promise else None
        found.append(
            replace(change, promise={**change.promise, "token": token}) if change.promise and token else change
        )
    return tuple(found)


def _change(
    tx: Connection, shop_id: int, variant: Variant, wanted: Offer, lease: Lease | None, now: datetime
) -> OfferChange | None:
    step = leases.step(variant.variant_id, lease, variant.policy, POLICY_FOR.get(wanted.state, wanted.policy))
    if step.lease is not None and step.lease != lease:
        offers.put_lease(tx, shop_id, step.lease, now)
    promise = wanted.wanted if wanted.wanted and must_be_written(wanted.wanted, wanted.shown, now) else None
    if step.write is None and promise is None:
        return None
    return OfferChange(variant.variant_id, step.write, promise)


def _confirm(tx: Connection, shop_id: int, change: OfferChange, written: OfferWritten, now: datetime) -> None:
    """The store answered what it has now: record that, not what we hoped for."""
    catalogue.set_policy(tx, shop_id, change.variant_id, written.policy, written.updated_at)
    lease = offers.leases(tx, shop_id, [change.variant_id]).get(change.variant_id)
    if lease is not None and change.policy is not None:
        offers.put_lease(tx, shop_id, leases.written(lease, written.policy, written.updated_at), now)
    if change.promise is not None:
        offers.shown(tx, shop_id, change.variant_id, change.promise)
    if change.policy is not None and written.policy is not change.policy:
        variants = catalogue.by_ids(tx, shop_id, [change.variant_id])
        dirty.mark(tx, shop_id, Kind.ITEM, {v.item_id for v in variants}, transport_now())
