"""Claims: every open line of every item, in the order in which it is served."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from backorder.db import backlog, catalogue, claims, lots, whole_orders
from backorder.db.lots import Change
from tests.books.cast import (
    CHAIR,
    DUE,
    FIRST,
    FIRST_LINE,
    HERE,
    LAMP,
    LAMP_VARIANT,
    NOON,
    SECOND_LINE,
    SECOND_ORDER,
    THERE,
    claim,
    line,
    order,
    variant,
)

MINUTE = timedelta(minutes=1)

LATER = NOON + timedelta(hours=1)


def test_a_claim_is_kept_whole(tx, alice):
    kept = claim(units=5, exposed=2, in_works=1, rank=3, ready=False, later=((NOON + 3 * MINUTE, 2),))
    claims.replace(tx, alice, FIRST, [kept])
    assert claims.of_items(tx, alice, [LAMP]) == (kept,)
    assert claims.of_orders(tx, alice, [FIRST]) == claims.of_lines(tx, alice, [FIRST_LINE]) == (kept,)


def test_a_claim_tells_what_it_was_given(tx, alice):
    claims.replace(tx, alice, FIRST, [claim(), claim(location_id=THERE)])
    lot_id = lots.shelf(tx, alice, LAMP, HERE, units=3, allocated=1)
    given = Change(FIRST_LINE, HERE, LAMP, 1, 1, 0, 0)
    lots.apply(tx, alice, lot_id, [given], cause="settled read", actor="promised", at=NOON)
    here, there = sorted(claims.of_items(tx, alice, [LAMP]), key=lambda c: c.location_id)
    assert (here.given, here.kept, here.backordered) == (1, 1, 1)
    assert (there.given, there.kept, there.backordered) == (0, 0, 2)


def test_the_queue_is_by_readiness_rank_age_order_and_line(tx, alice):
    queue = [
        claim(61, 51, rank=0, since=NOON),
        claim(62, 51, rank=0, since=NOON),
        claim(60, 52, rank=0, since=NOON),
        claim(59, 53, rank=0, since=NOON + MINUTE),
        claim(58, 54, rank=1, since=NOON - MINUTE),
        claim(57, 55, ready=False, since=NOON - 2 * MINUTE),
    ]
    for order_id in (55, 53, 51, 54, 52):
        claims.replace(tx, alice, order_id, [c for c in queue if c.order_id == order_id])
    stored = claims.of_items(tx, alice, [LAMP])
    assert stored == tuple(queue)
    assert list(stored) == sorted(stored, key=lambda c: c.age), "the database sorts as the rules do"


def test_an_orders_claims_are_replaced_and_nobody_elses(tx, alice):
    claims.replace(tx, alice, FIRST, [claim(61), claim(62)])
    claims.replace(tx, alice, SECOND_ORDER, [claim(63, SECOND_ORDER)])
    claims.replace(tx, alice, FIRST, [claim(61, units=1)])
    assert {(c.line_id, c.units) for c in claims.of_items(tx, alice, [LAMP])} == {(61, 1), (63, 2)}
    claims.replace(tx, alice, FIRST, [])
    assert [c.line_id for c in claims.of_items(tx, alice, [LAMP])] == [63]
    assert claims.count(tx, alice) == 1


def test_a_claim_that_moves_is_at_its_new_place_only(tx, alice):
    claims.replace(tx, alice, FIRST, [claim()])
    claims.replace(tx, alice, FIRST, [claim(location_id=THERE)])
    assert [c.location_id for c in claims.of_items(tx, alice, [LAMP])] == [THERE]


@pytest.mark.parametrize(
    ("seen", "run"),
    [
        ({}, 7),
        ({"exposed": 0}, 7),
        ({"in_works": 1}, 7),
        ({"units": 1, "exposed": 1}, None),
        ({"since": LATER}, None),
        ({"ready": False}, None),
        ({"rank": 1}, None),
        ({"routed": False}, None),
        ({"item_id": CHAIR}, None),
        ({"later": ((LATER, 1),)}, None),
    ],
    ids=str,
)
def test_a_day_outlives_a_new_reading_and_its_run_does_unless_the_place_in_the_queue_changed(tx, alice, seen, run):
    claims.replace(tx, alice, FIRST, [claim()])
    claims.project(tx, alice, [(FIRST_LINE, HERE, DUE, 7)])
    claims.replace(tx, alice, FIRST, [claim(**seen)])
    (found,) = claims.of_orders(tx, alice, [FIRST])
    assert (found.projected_on, found.run) == (DUE, run)


@pytest.mark.parametrize("wrong", [{"units": 0}, {"exposed": -1}, {"exposed": 3}], ids=str)
def test_a_claim_that_makes_no_sense_is_refused_by_the_database(tx, alice, wrong):
    claims.replace(tx, alice, FIRST, [claim()])
    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.execute(update(claims.claims).values(wrong))


def test_the_backlog_says_who_waits_for_what(tx, alice):
    whole_orders.save(tx, alice, order(lines=(line(), line(SECOND_LINE, item_id=CHAIR, title="Chair"))), NOON, NOON)
    claims.replace(tx, alice, FIRST, [claim(), claim(SECOND_LINE, item_id=CHAIR)])
    lot_id = lots.shelf(tx, alice, CHAIR, HERE, units=2, allocated=2)
    given = Change(SECOND_LINE, HERE, CHAIR, 2, 0, 0, 0)
    lots.apply(tx, alice, lot_id, [given], cause="settled read", actor="promised", at=NOON)
    claims.project(tx, alice, [(FIRST_LINE, HERE, DUE, 7)])
    everything = backlog.page(tx, alice)
    assert [row.title for row in everything] == ["Lamp – Brass", "Chair"]
    catalogue.save_variants(tx, alice, [variant()])
    assert backlog.page(tx, alice, only_waiting=True) == (), "the app does not handle the shortage of lamps"
    assert [summed.units for summed in backlog.sums(tx, alice)] == [0, 4]
    catalogue.choose(tx, alice, [LAMP_VARIANT], {"managed": True})
    (waits,) = backlog.page(tx, alice, only_waiting=True)
    assert [summed.units for summed in backlog.sums(tx, alice)] == [2, 4]
    assert (waits.order_name, waits.sku, waits.currency, str(waits.unit_price)) == ("#51", "LAMP-1", "USD", "49.9")
    assert (waits.claim.projected_on, waits.claim.backordered) == (DUE, 2)
    assert backlog.page(tx, alice, offset=1, limit=1) == everything[1:]
