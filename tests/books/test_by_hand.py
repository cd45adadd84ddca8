"""What a person does with the queue by hand: what it moves, that it stays, who did it, and that it can be undone."""

from datetime import timedelta
from itertools import pairwise

import pytest

from backorder import by_hand, note
from backorder.allocate import decide
from backorder.by_hand import GIVE, MOVE_BACK, MOVE_UP, TAKE_BACK, Deed
from backorder.db import catalogue, claims, lots, queue_acts, shops
from backorder.db.proofs.ledger import the_ledger_is_the_state
from backorder.db.proofs.turns import nobody_is_overtaken
from backorder.db.sealed import Sealer
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.terms import Terms
from tests.books.cast import BOB, HERE, LAMP, LAMP_VARIANT, NOON, line, order, variant
from tests.books.test_policies import ANNA, BEN, an_empty_queue, given, orders_lamps, shelf

ANNAS, BENS = 1010, 1020


@pytest.fixture
def house(db):
    return House(None, db, Sealer("the-key-that-seals-the-books"), None)


@pytest.fixture
def lamps(house):
    """One lamp is there, Anna came first."""
    shop = an_empty_queue(house)
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 2))
        orders_lamps(tx, shop, BEN, (LAMP, 1))
        lots.set_supply(tx, shop, LAMP, HERE, lots.LotKind.PURCHASE_ORDER, source_id=1, units=2,
                        due_on=NOON.date() + timedelta(days=9), label="PO-1")  # fmt: skip
        shelf(tx, shop, 1)
        decide(tx, shop, [LAMP], NOON, cause="a test")
    return shop


def now_given(house, shop_id):
    with house.db.read() as tx:
        assert the_ledger_is_the_state(tx, shop_id).broken == ()
        return given(tx, shop_id)


def do(house, shop_id, line_id, what, **more):
    deed = Deed(line_id, what, more.pop("reason", "promised on the phone"), **more)
    return by_hand.do(house, shop_id, deed, actor="Alice", now=NOON)


def last_act(house, shop_id, order_id):
    with house.db.read() as tx:
        return queue_acts.of_order(tx, shop_id, order_id)[0]


def test_a_lamp_given_by_hand_stays_with_who_has_it_and_says_who_gave_it_and_why(house, lamps):
    assert now_given(house, lamps) == {ANNA: 1, BEN: 0}
    do(house, lamps, BENS, GIVE)
    assert now_given(house, lamps) == {ANNA: 0, BEN: 1}
    with house.db.write() as tx:
        decide(tx, lamps, [LAMP], NOON, cause="a test")
        assert nobody_is_overtaken(tx, lamps).broken == ()
        rows = lots.history(tx, lamps, [BENS])
    assert now_given(house, lamps) == {ANNA: 0, BEN: 1}
    assert (rows[-1]["cause"], rows[-1]["actor"], rows[-1]["kept"]) == ("given by hand", "Alice", 1)
    act = last_act(house, lamps, BEN)
    assert (act.sentence, act.reason, act.actor) == (
        "Lamp – Brass: 1 unit given by hand.",
        "promised on the phone",
        "Alice",
    )


def test_a_preview_is_the_real_act_and_changes_nothing(house, lamps):
    deed = Deed(BENS, GIVE, "promised on the phone")
    shown = by_hand.preview(house, lamps, deed, NOON)
    assert now_given(house, lamps) == {ANNA: 1, BEN: 0}
    assert by_hand.do(house, lamps, deed, actor="Alice", now=NOON) == shown


def test_a_preview_names_who_can_ship_and_could_not_any_more_and_who_can_instead(house, lamps):
    with house.db.write() as tx:
        shelf(tx, lamps, 2)
        decide(tx, lamps, [LAMP], NOON, cause="a test")
    moved = {one.order_id: one for one in by_hand.preview(house, lamps, Deed(BENS, MOVE_UP, "why"), NOON).named}
    assert (moved[ANNA].waited, moved[ANNA].waits, moved[ANNA].later) == (False, True, True)
    assert (moved[BEN].waited, moved[BEN].waits, moved[BEN].later) == (True, False, False)


def test_undone_the_queue_decides_again(house, lamps):
    do(house, lamps, BENS, GIVE)
    act = last_act(house, lamps, BEN)
    assert by_hand.undo(house, lamps, act.act_id, actor="Alice", now=NOON) == BEN
    assert now_given(house, lamps) == {ANNA: 1, BEN: 0}
    assert last_act(house, lamps, BEN).sentence == "Undone: Lamp – Brass: 1 unit given by hand."
    with pytest.raises(Refused):
        by_hand.undo(house, lamps, act.act_id, actor="Alice", now=NOON)


def test_what_was_let_go_is_not_given_to_another_until_it_is_taken_back(house, lamps):
    with house.db.write() as tx:
        anna = next(one for one in claims.of_items(tx, lamps, [LAMP]) if one.order_id == ANNA)
        lots.keep(tx, lamps, anna, 1, cause="release", actor="a test", at=NOON)
    with pytest.raises(Refused) as refused:
        do(house, lamps, BENS, GIVE, units=1)
    assert refused.value.field == "units"
    do(house, lamps, ANNAS, TAKE_BACK)
    do(house, lamps, BENS, GIVE, units=1)
    assert now_given(house, lamps) == {ANNA: 0, BEN: 1}
    with pytest.raises(Refused):
        do(house, lamps, ANNAS, TAKE_BACK)


def test_taking_back_is_undone_while_the_lamp_is_still_there_to_be_kept(house, lamps):
    do(house, lamps, BENS, GIVE)
    do(house, lamps, BENS, TAKE_BACK)
    assert now_given(house, lamps) == {ANNA: 1, BEN: 0}
    by_hand.undo(house, lamps, last_act(house, lamps, BEN).act_id, actor="Alice", now=NOON)
    assert now_given(house, lamps) == {ANNA: 0, BEN: 1}


def test_who_is_moved_up_goes_first_also_after_the_order_was_read_again_and_can_be_moved_back(house, lamps):
    moved = do(house, lamps, BENS, MOVE_UP)
    assert now_given(house, lamps) == {ANNA: 0, BEN: 1}
    assert moved.hear == len({one.order_id for one in moved.named if one.hears})
    with house.db.write() as tx:
        before = claims.of_lines(tx, lamps, [BENS])
        read = order(
            order_id=BEN,
            name="#102",
            lines=(line(BENS, quantity=1, current_quantity=1, unfulfilled=1),),
            fulfillment_orders=(),
        )
        note.order(tx, lamps, Terms(payment_rule="any"), read, NOON + timedelta(hours=1))
        assert [one.rank for one in claims.of_lines(tx, lamps, [BENS])] == [one.rank for one in before] == [-1]
        assert nobody_is_overtaken(tx, lamps).broken == ()
    do(house, lamps, BENS, MOVE_BACK)
    assert now_given(house, lamps)[ANNA] == 1
    with pytest.raises(Refused):
        do(house, lamps, BENS, MOVE_BACK)


def test_undoing_what_was_changed_again_since_is_refused(house, lamps):
    do(house, lamps, BENS, MOVE_UP)
    act = last_act(house, lamps, BEN)
    do(house, lamps, BENS, MOVE_BACK)
    with pytest.raises(Refused) as refused:
        by_hand.undo(house, lamps, act.act_id, actor="Alice", now=NOON)
    assert refused.value.sentence == by_hand.CHANGED_SINCE


@pytest.mark.parametrize(
    ("deed", "field"),
    [
        (Deed(BENS, GIVE, " "), "reason"),
        (Deed(BENS, GIVE, "x" * 501), "reason"),
        (Deed(BENS, GIVE, "why", units=0), "units"),
        (Deed(BENS, GIVE, "why", units=2), "units"),
        (Deed(BENS, TAKE_BACK, "why"), "what"),
        (Deed(BENS, MOVE_BACK, "why"), "what"),
        (Deed(BENS, "burn", "why"), "what"),
    ],
)
def test_what_cannot_be_done_is_refused_beside_its_field(house, lamps, deed, field):
    with pytest.raises(Refused) as refused:
        by_hand.do(house, lamps, deed, actor="Alice", now=NOON)
    assert refused.value.field == field
    assert now_given(house, lamps) == {ANNA: 1, BEN: 0}


def test_a_line_or_act_of_the_shop_next_door_is_unknown(house, lamps):
    do(house, lamps, BENS, MOVE_UP)
    act = last_act(house, lamps, BEN)
    with house.db.write() as tx:
        bob = shops.install(tx, BOB, NOON).shop_id
        catalogue.save_variants(tx, bob, [variant()])
        catalogue.choose(tx, bob, [LAMP_VARIANT], {"managed": True})
    with pytest.raises(Unknown):
        do(house, bob, BENS, GIVE)
    with pytest.raises(Unknown):
        by_hand.undo(house, bob, act.act_id, actor="Bob", now=NOON)


def test_a_line_at_two_places_asks_at_which(house, lamps):
    with house.db.write() as tx:
        (ben,) = claims.of_lines(tx, lamps, [BENS])
        elsewhere = ben.__class__(BENS, BEN, LAMP, HERE + 1, 1, ben.since)
        claims.replace(tx, lamps, BEN, [ben, elsewhere])
    with pytest.raises(Refused) as refused:
        do(house, lamps, BENS, MOVE_UP)
    assert refused.value.field == "location_id"


def test_acts_are_listed_newest_first(house, lamps):
    do(house, lamps, BENS, MOVE_UP)
    do(house, lamps, BENS, MOVE_BACK)
    with house.db.read() as tx:
        found = queue_acts.of_order(tx, lamps, BEN)
    assert [one.sentence.endswith("head of the queue.") for one in found] == [False, True]
    assert all(newer.act_id > older.act_id for newer, older in pairwise(found))
