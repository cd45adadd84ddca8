"""What would become of a change is what becomes of it when it is made; and asking changes nothing."""

import random
from datetime import timedelta

import pytest

from backorder import manage, purchase
from backorder.allocate import decide
from backorder.db import (
    catalogue,
    claims,
    levels,
    locations,
    lots,
    offers,
    outbox,
    promises,
    purchase_orders,
    shops,
    whole_orders,
)
from backorder.db.books import metadata
from backorder.db.outbox import Effect, State
from backorder.db.sealed import Sealer
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.lots import LotKind
from backorder.rules.terms_error import TermsError
from backorder.what_if import Capped, Comes, FallsThrough, OnTerms, Slips, what_if
from tests.books.cast import (
    ALICE,
    BOB,
    CHAIR,
    CHAIR_VARIANT,
    DUE,
    HERE,
    LAMP,
    LAMP_VARIANT,
    NOON,
    claim,
    level,
    line,
    location,
    order,
    variant,
)
from tests.dice import seeds

SEEDS = seeds(2)
ITEMS = (LAMP, CHAIR)


class Bell:
    """Remembers that it was rung."""

    def __init__(self):
        self.rung = []

    def ring(self, what):
        self.rung.append(what)


@pytest.fixture
def house(db):
    return House(None, db, Sealer("the-key-that-seals-the-books"), None, bell=Bell())


def somebody_orders(tx, shop_id, number, wanted, since):
    """An order with one line for each of the goods, routed and paid."""
    lines = tuple(
        line(number * 10 + at, item_id=item_id, variant_id=item_id + 10, quantity=units, unfulfilled=units)
        for at, (item_id, units) in enumerate(wanted)
    )
    whole_orders.save(tx, shop_id, order(order_id=number, name=f"#{number}", lines=lines), since, since)
    made = [
        claim(one.line_id, number, item_id=one.item_id, units=one.unfulfilled, exposed=0, since=since) for one in lines
    ]
    claims.replace(tx, shop_id, number, made)


def a_shop_that_waits(house, seed, people=14, domain=ALICE):
    """People wait for lamps and chairs, two shipments of each are on their way, most were told their day."""
    dice = random.Random(seed)
    with house.db.write() as tx:
        shop_id = shops.install(tx, domain, NOON).shop_id
        locations.save_locations(tx, shop_id, [location()])
        chair = variant(variant_id=CHAIR_VARIANT, item_id=CHAIR, product_id=32, product_title="Chair")
        catalogue.save_variants(tx, shop_id, [variant(), chair])
        catalogue.choose(tx, shop_id, [LAMP_VARIANT, CHAIR_VARIANT], {"managed": True})
        for number in range(100, 100 + people):
            wanted = [(item_id, dice.randint(1, 3)) for item_id in dice.choice([(LAMP,), (CHAIR,), (LAMP, CHAIR)])]
            somebody_orders(tx, shop_id, number, wanted, NOON - timedelta(hours=200 - number))
        for item_id in ITEMS:
            claimed = sum(one.units for one in claims.of_items(tx, shop_id, [item_id]))
            shelf = dice.choice([0, 0, 2])
            read = level(item_id=item_id, available=shelf - claimed, committed=claimed, on_hand=shelf)
            levels.save(tx, shop_id, [read])
    placed = []
    for number, due_on in (("PO-12", DUE), ("PO-13", DUE + timedelta(days=14))):
        lines = tuple(purchase.DraftLine(v, dice.randint(3, 14), due_on) for v in (LAMP_VARIANT, CHAIR_VARIANT))
        placed.append(purchase.place(house, shop_id, purchase.Draft(number, "", None, lines), actor="a test", now=NOON))
    with house.db.write() as tx:
        tx.execute(promises.promises.update().where(promises.promises.c.line_id % 5 != 0).values(told_at=NOON))
        tx.execute(outbox.outbox.update().values(state=State.DONE.value))
    house.bell.rung.clear()
    return shop_id, placed


def everything(db):
    """What stands in every book."""
    with db.read() as tx:
        return {table.name: sorted(map(repr, tx.execute(table.select()))) for table in metadata.sorted_tables}


def as_it_is(db, shop_id):
    """The day of every line, the promises, who is owed a letter, and how everything is sold, read from the books alone."""
    with db.read() as tx:
        found = claims.of_items(tx, shop_id, ITEMS)
        mails = tx.execute(
            outbox.outbox.select().where(
                outbox.outbox.c.effect == Effect.MAIL.value, outbox.outbox.c.shop_id == shop_id
            )
        )
        return (
            {one.line_id: one.projected_on if one.backordered else "covered" for one in found},
            {(p.line_id, p.version): p for p in promises.history(tx, shop_id, [one.line_id for one in found])},
            {row.key: row.subject for row in mails},
            {
                variant_id: (offer.state, offer.wanted["ship_by"])
                for variant_id, offer in offers.get(tx, shop_id, [LAMP_VARIANT, CHAIR_VARIANT]).items()
            },
        )


def slip(house, shop_id, purchase_order_id, days):
    """The merchant gives each line of a purchase order a later day."""
    with house.db.read() as tx:
        lines = purchase_orders.one(tx, shop_id, purchase_order_id).lines
    for one in lines:
        day = one.due_on + timedelta(days=days)
        purchase.change_due(house, shop_id, one.line_id, day, actor="a test", now=NOON)


def comes(house, shop_id, units, due_on):
    draft = purchase.Draft("AIR-1", "", None, (purchase.DraftLine(LAMP_VARIANT, units, due_on),))
    purchase.place(house, shop_id, draft, actor="a test", now=NOON)


CHANGES = {
    "PO-12 slips 10 days": (
        lambda pos: [Slips(pos[0], 10)],
        lambda house, shop, pos: slip(house, shop, pos[0], 10),
    ),
    "PO-13 comes 12 days sooner": (
        lambda pos: [Slips(pos[1], -12)],
        lambda house, shop, pos: slip(house, shop, pos[1], -12),
    ),
    "the rest of PO-12 falls through": (
        lambda pos: [FallsThrough(pos[0])],
        lambda house, shop, pos: purchase.cancel_rest(house, shop, pos[0], actor="a test", now=NOON),
    ),
    "20 lamps by air on the 1st": (
        lambda pos: [Comes(LAMP_VARIANT, 20, DUE - timedelta(days=3))],
        lambda house, shop, pos: comes(house, shop, 20, DUE - timedelta(days=3)),
    ),
    "at most 1 lamp may wait": (
        lambda pos: [Capped(LAMP_VARIANT, 1)],
        lambda house, shop, pos: manage.choose(
            house, shop, [LAMP_VARIANT], max_backorders=1, actor="a test", now=NOON
        ),
    ),
    "handling takes four days": (
        lambda pos: [OnTerms({"handling_days": 4})],
        lambda house, shop, pos: manage.set_terms(house, shop, {"handling_days": 4}, actor="a test", now=NOON),
    ),
    "promises go before age": (
        lambda pos: [OnTerms({"repromise": "promise first"})],
        lambda house, shop, pos: manage.set_terms(
            house, shop, {"repromise": "promise first"}, actor="a test", now=NOON
        ),
    ),
    "three units can be shipped on a day": (
        lambda pos: [OnTerms({"units_a_day": 3}), Slips(pos[0], 10)],
        lambda house, shop, pos: (
            manage.set_terms(house, shop, {"units_a_day": 3}, actor="a test", now=NOON),
            slip(house, shop, pos[0], 10),
        ),
    ),
    "PO-12 slips 10 days and 5 lamps come by air": (
        lambda pos: [Slips(pos[0], 10), Comes(LAMP_VARIANT, 5, DUE)],
        lambda house, shop, pos: (slip(house, shop, pos[0], 10), comes(house, shop, 5, DUE)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("change", CHANGES)
def test_the_answer_is_what_becomes_of_the_change_when_it_is_made(house, change, seed):
    shop_id, placed = a_shop_that_waits(house, seed)
    ask, make = CHANGES[change]
    before = everything(house.db)
    days, _, letters, sold = as_it_is(house.db, shop_id)

    answer = what_if(house, shop_id, ask(placed), NOON)

    assert everything(house.db) == before
    assert house.bell.rung == []
    make(house, shop_id, placed)
    real_days, versions, real_letters, really_sold = as_it_is(house.db, shop_id)
    moved = {one.line_id: one for one in answer.moved}
    assert {line_id for line_id in days if days[line_id] != real_days[line_id]} <= moved.keys()
    for line_id, one in moved.items():
        assert (one.was if one.waited else "covered") == days[line_id]
        assert (one.would_be if one.would_wait else "covered") == real_days[line_id]
    newest = {f"promise/{line_id}/{version}" for line_id, version in dict(sorted(versions)).items()}
    fresh = (real_letters.keys() - letters.keys()) & newest  # an older one is no longer true, and is not sent
    assert {one.line_id for one in answer.moved if one.mail} == {int(key.split("/")[1]) for key in fresh}
    assert answer.mails == len({real_letters[key] for key in fresh})
    assert {one.variant_id: (one.would_be_state, one.would_ship_by and one.would_ship_by.isoformat())
            for one in answer.sold} == {v: really_sold[v] for v in sold if sold[v] != really_sold[v]}  # fmt: skip
    for one in answer.moved:
        told = [v for (line_id, _), v in versions.items() if line_id == one.line_id and v.told_at]
        if told:
            assert one.promised_on == told[-1].ship_by
        later = one.would_be is None or (one.promised_on is not None and one.would_be > one.promised_on)
        assert one.breaks <= later


def test_a_slip_breaks_the_promises_of_those_whom_the_shipment_serves_and_says_what_they_are_worth(house):
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=3)
    answer = what_if(house, shop_id, [Slips(po_12, 10)], NOON)
    broken = [one for one in answer.moved if one.breaks]
    assert broken
    assert answer.moved[: len(broken)] == tuple(broken)
    for one in broken:
        assert one.would_be > one.promised_on >= one.was
        assert one.money == one.units * line().unit_price
        assert one.currency == "USD"
    assert all(one.later and not one.sooner for one in broken)


def test_what_arrives_by_air_moves_people_forward_without_a_word_to_anybody(house):
    shop_id, _ = a_shop_that_waits(house, seed=3)
    answer = what_if(house, shop_id, [Comes(LAMP_VARIANT, 200, DUE - timedelta(days=3))], NOON)
    assert [one for one in answer.moved if one.sooner]
    assert not any(one.later or one.breaks for one in answer.moved)
    told = {one.line_id for one in answer.moved if one.line_id % 5}
    assert not {one.line_id for one in answer.moved if one.mail} & told


def test_a_deep_queue_is_walked_whole_before_and_after(house):
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=1, people=120)
    answer = what_if(house, shop_id, [Slips(po_12, 40)], NOON)
    slip(house, shop_id, po_12, 40)
    real, *_ = as_it_is(house.db, shop_id)
    assert {one.line_id: one.would_be for one in answer.moved if one.would_wait} == {
        one.line_id: real[one.line_id] for one in answer.moved if one.would_wait
    }
    assert len(answer.moved) > 10


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (lambda po: Slips(po, 5000), "days"),
        (lambda po: Slips(po, -60), "days"),
        (lambda po: Slips(po, on=NOON.date() - timedelta(days=9)), "on"),
        (lambda po: Slips(po + 100, 3), "purchase_order_id"),
        (lambda po: Slips(po, 3, line_id=10**6), "purchase_order_id"),
        (lambda po: FallsThrough(po + 100), "purchase_order_id"),
        (lambda po: Comes(987, 5, DUE), "variant_id"),
        (lambda po: Comes(LAMP_VARIANT, 0, DUE), "units"),
        (lambda po: Comes(LAMP_VARIANT, 5, DUE - timedelta(days=300)), "due_on"),
        (lambda po: Comes(LAMP_VARIANT, 5, DUE, location_id=987), "location_id"),
        (lambda po: Capped(987, 5), "variant_id"),
        (lambda po: Capped(LAMP_VARIANT, -1), "max_backorders"),
    ],
)
def test_what_the_real_change_would_refuse_is_refused_with_the_field_of_the_question(house, question, field):
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=0, people=3)
    before = everything(house.db)
    with pytest.raises(Refused) as refused:
        what_if(house, shop_id, [question(po_12)], NOON)
    assert refused.value.field == f"0.{field}"
    assert everything(house.db) == before


def test_terms_that_cannot_be_are_refused_as_when_they_are_set(house):
    shop_id, _ = a_shop_that_waits(house, seed=0, people=3)
    with pytest.raises(TermsError) as refused:
        what_if(house, shop_id, [OnTerms({"handling_days": 99})], NOON)
    assert refused.value.field == "0.handling_days"


def test_nothing_more_is_to_come_of_what_came(house):
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=0, people=3)
    purchase.cancel_rest(house, shop_id, po_12, actor="a test", now=NOON)
    with pytest.raises(Refused, match="Nothing more is to come on PO-12"):
        what_if(house, shop_id, [Slips(po_12, 3)], NOON)


def test_one_asks_for_something_and_not_for_everything(house):
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=0, people=3)
    for questions in ([], [Slips(po_12, 1)] * 11):
        with pytest.raises(Refused):
            what_if(house, shop_id, questions, NOON)


def test_the_question_that_is_refused_is_named(house):
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=0, people=3)
    with pytest.raises(Refused) as refused:
        what_if(house, shop_id, [Slips(po_12, 3), Comes(LAMP_VARIANT, 0, DUE)], NOON)
    assert refused.value.field == "1.units"


def test_queues_that_are_too_long_to_hold_the_books_for_are_not_tried_out(house, monkeypatch):
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=0, people=9)
    for most in ("MOST_WAITING_ON_SQLITE", "MOST_WAITING_ON_POSTGRESQL"):
        monkeypatch.setattr(f"backorder.what_if.{most}", 8)
    with pytest.raises(Refused, match="up to 8 can be tried out at once"):
        what_if(house, shop_id, [Slips(po_12, 1)], NOON)


def test_bobs_purchase_order_is_nobodys_for_alice(house):
    alice, _ = a_shop_that_waits(house, seed=0, people=2)
    _, (bobs, _) = a_shop_that_waits(house, seed=0, people=2, domain=BOB)
    with pytest.raises(Unknown):
        what_if(house, alice, [Slips(bobs, 3)], NOON)


def test_goods_at_the_dock_do_not_slip(house):
    """What has arrived is no longer to come; only the rest moves."""
    shop_id, (po_12, _) = a_shop_that_waits(house, seed=2)
    with house.db.write() as tx:
        for one in purchase_orders.one(tx, shop_id, po_12).lines:
            purchase_orders.change_line(tx, shop_id, one.line_id, received=one.ordered, at_dock=one.ordered)
            lots.set_supply(tx, shop_id, one.item_id, HERE, LotKind.PURCHASE_ORDER, source_id=one.line_id, units=0)
        decide(tx, shop_id, ITEMS, NOON, cause="a test")
    with pytest.raises(Refused, match="Nothing more is to come"):
        what_if(house, shop_id, [Slips(po_12, 3)], NOON)
