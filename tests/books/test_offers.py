"""Offers and leases: how a variant is sold and why, what the store shows, what policy we owe back."""

from datetime import timedelta

from backorder.db import catalogue, offers
from backorder.rules.lease import Lease, LeaseState
from backorder.rules.seen import Policy
from tests.books.cast import CHAIR, CHAIR_VARIANT, LAMP, LAMP_VARIANT, NOON, SECOND, variant

HELD = Lease(LAMP_VARIANT, Policy.DENY, Policy.CONTINUE, LeaseState.HELD, Policy.CONTINUE, NOON)


def test_a_decision_is_kept_with_its_reason(tx, alice):
    offers.decide(tx, alice, LAMP_VARIANT, "backorder", "PO-7 is due.", {"v": 1}, NOON)
    kept = offers.get(tx, alice, [LAMP_VARIANT, CHAIR_VARIANT])
    assert kept == {LAMP_VARIANT: offers.Offer(LAMP_VARIANT, "backorder", "PO-7 is due.", {"v": 1}, NOON, None)}


def test_a_new_decision_does_not_forget_what_the_store_shows(tx, alice):
    offers.decide(tx, alice, LAMP_VARIANT, "backorder", "PO-7 is due.", {"v": 1}, NOON)
    offers.shown(tx, alice, LAMP_VARIANT, {"v": 1})
    offers.decide(tx, alice, LAMP_VARIANT, "in_stock", "There are 3.", {}, NOON + SECOND)
    kept = offers.get(tx, alice, [LAMP_VARIANT])[LAMP_VARIANT]
    assert (kept.state, kept.wanted, kept.shown, kept.decided_at) == ("in_stock", {}, {"v": 1}, NOON + SECOND)


def test_a_metafield_that_was_taken_away_is_shown_as_none(tx, alice):
    offers.decide(tx, alice, LAMP_VARIANT, "backorder", "PO-7 is due.", {"v": 1}, NOON)
    offers.shown(tx, alice, LAMP_VARIANT, {"v": 1})
    offers.shown(tx, alice, LAMP_VARIANT, None)
    assert offers.get(tx, alice, [LAMP_VARIANT])[LAMP_VARIANT].shown is None


def test_what_is_sold_past_its_last_day_is_found_in_all_shops(tx, alice):
    last = NOON.date()
    for variant_id, item_id, state in ((LAMP_VARIANT, LAMP, "backorder"), (CHAIR_VARIANT, CHAIR, "ended")):
        catalogue.save_variants(tx, alice, [variant(variant_id=variant_id, item_id=item_id)])
        catalogue.choose(tx, alice, [variant_id], {"managed": True, "sell_until": last})
        offers.decide(tx, alice, variant_id, state, "PO-7 is due.", {"v": 1}, NOON)
    assert offers.past_their_end(tx, last) == {}
    found = offers.past_their_end(tx, last + timedelta(days=1))
    assert found == {alice: (offers.Ending(LAMP, last, NOON),)}
    early = offers.Decided(LAMP_VARIANT, "in_stock", "Two are left.", {"v": 1}, Policy.CONTINUE)
    offers.decide_all(tx, alice, [early], NOON)
    assert list(offers.past_their_end(tx, last + timedelta(days=1))) == [alice]


def test_a_lease_is_kept_whole_and_followed(tx, alice):
    offers.put_lease(tx, alice, HELD, NOON)
    assert offers.leases(tx, alice, [LAMP_VARIANT]) == {LAMP_VARIANT: HELD}
    returned = Lease(LAMP_VARIANT, Policy.DENY, Policy.DENY, LeaseState.RETURNED)
    offers.put_lease(tx, alice, returned, NOON)
    assert offers.leases(tx, alice, [LAMP_VARIANT]) == {LAMP_VARIANT: returned}


def test_only_held_leases_are_owed_back(tx, alice):
    offers.put_lease(tx, alice, HELD, NOON)
    offers.put_lease(tx, alice, Lease(CHAIR_VARIANT, Policy.DENY, Policy.DENY, LeaseState.YIELDED), NOON)
    assert offers.held_leases(tx, alice) == (HELD,)


def test_a_dropped_lease_is_forgotten(tx, alice):
    offers.put_lease(tx, alice, HELD, NOON)
    offers.drop_lease(tx, alice, LAMP_VARIANT)
    assert offers.leases(tx, alice, [LAMP_VARIANT]) == {}
