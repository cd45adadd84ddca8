"""The book of differences: what a comparison found, up to a bound, gone with it; and which webhooks name a thing."""

from datetime import timedelta

from backorder.db import differences, inbox, mentions, reconciliations
from backorder.db.differences import Difference
from backorder.db.inbox import Verdict
from backorder.db.reconciliations import Why
from backorder.db.sealed import Sealer
from backorder.rules.causes import Cause, Explained, Kind, Repair
from tests.books.cast import ALICE, BOB, LAMP, NOON, delivery

DAY = timedelta(days=1)
SEALER = Sealer("the-key-that-seals-the-books")


def run_of(tx, shop_id, at=NOON):
    reconciliations.ask(tx, shop_id, Why.SCHEDULE, "schedule", at)
    run = reconciliations.take(tx, shop_id, at)
    reconciliations.end(tx, shop_id, run.run_id, at)
    return run.run_id


def found(number, kind=Kind.LEVEL):
    why = Explained(Cause.NOT_UNDERSTOOD, Repair.READ_AGAIN, "It names no item.")
    return Difference(kind, LAMP + number, f"Lamp {number}", "3 available", "4 available", why)


def test_what_was_found_is_told_in_its_order_and_by_kind(tx, alice, bob):
    run, other = run_of(tx, alice), run_of(tx, bob)
    both = [found(1), found(2, Kind.ORDER), found(3)]
    differences.keep(tx, alice, run, both, before=0)
    differences.keep(tx, bob, other, [found(9)], before=0)
    assert differences.of_run(tx, alice, run) == tuple(both)
    assert differences.of_run(tx, alice, run, Kind.LEVEL, offset=1) == (both[2],)
    assert differences.kinds(tx, alice, run) == {Kind.ORDER: 1, Kind.LEVEL: 2}
    assert differences.of_run(tx, bob, run) == (), "a neighbour's comparison is nobody's here"


def test_a_comparison_keeps_so_many_and_no_more_however_many_slices_it_has(tx, alice, monkeypatch):
    monkeypatch.setattr(differences, "KEPT", 3)
    run = run_of(tx, alice)
    differences.keep(tx, alice, run, [found(1), found(2)], before=0)
    differences.keep(tx, alice, run, [found(3), found(4)], before=2)
    differences.keep(tx, alice, run, [found(5)], before=4)
    assert [one.name for one in differences.of_run(tx, alice, run)] == ["Lamp 1", "Lamp 2", "Lamp 3"]


def test_differences_go_with_their_comparison(tx, alice):
    old, new = run_of(tx, alice), run_of(tx, alice, NOON + 2 * DAY)
    for run in (old, new):
        differences.keep(tx, alice, run, [found(1)], before=0)
    reconciliations.drop(tx, NOON + DAY)
    assert differences.drop(tx) == 1
    assert len(differences.of_run(tx, alice, new)) == 1


def arrives(tx, topic, body, at=NOON, shop_domain=ALICE, verdict=None):
    """A webhook came, and what became of it."""
    before = set(tx.scalars(inbox.inbox.select().with_only_columns(inbox.inbox.c.id)))
    inbox.put(
        tx, SEALER, delivery(topic=topic, body=body, event_key=f"{topic} {at} {body!r}", shop_domain=shop_domain), at
    )
    (number,) = set(tx.scalars(inbox.inbox.select().with_only_columns(inbox.inbox.c.id))) - before
    if verdict is not None:
        inbox.settle(tx, number, verdict, at, "It could not be read.")
    return number


def asked(tx, *numbers, since=NOON):
    return mentions.of(tx, SEALER, ALICE, ("orders", "fulfillment_orders"), numbers, since)


def test_a_webhook_names_a_thing_by_its_whole_number_in_whatever_form(tx, alice):
    arrives(tx, "orders/create", b'{"id": 4711, "total": "12.00"}')
    arrives(tx, "fulfillment_orders/split", b'{"id": "gid://shopify/FulfillmentOrder/4712"}', verdict=Verdict.PARKED)
    arrives(tx, "orders/updated", b'{"id": 47110}')
    arrives(tx, "products/update", b'{"id": 4711}')
    arrives(tx, "orders/create", b'{"id": 4711}', shop_domain=BOB)
    told = asked(tx, 4711, 4712)
    assert told.complete
    assert sorted((sorted(one.numbers), one.verdict, one.error) for one in told.found) == [
        ([4711], Verdict.WAITING, None),
        ([4712], Verdict.PARKED, "It could not be read."),
    ]
    assert asked(tx, 999).found == ()


def test_what_came_before_is_not_asked_and_a_body_that_is_gone_is_no_proof(tx, alice):
    arrives(tx, "orders/create", b'{"id": 4711}', at=NOON - DAY, verdict=Verdict.DONE)
    assert asked(tx, 4711) == mentions.Mentions((), complete=True)
    inbox.drop_bodies(tx, NOON, 9)
    assert asked(tx, 4711, since=NOON - 2 * DAY) == mentions.Mentions((), complete=False)
