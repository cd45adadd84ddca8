"""How late suppliers are, learned from their receipts (domain §6): Glow is punctual, Slate slow, Wren wild, Nova is new."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.lateness import Lateness, Shipment
from backorder.rules.shapes import EARLIEST, JUST, LATEST, SHAPES
from tests.rules.cast import law

WIDE = st.integers(EARLIEST - 10, LATEST + 30)


def came(supplier: str, *days: int) -> tuple[Shipment, ...]:
    return tuple(Shipment(supplier, day) for day in days)


def not_yet(supplier: str, *days: int) -> tuple[Shipment, ...]:
    return tuple(Shipment(supplier, day, came=False) for day in days)


GLOW = came("glow", *(0, 0, 1, 0, -1, 0, 0, 1, 0, 0) * 3)
SLATE = came("slate", *(12, 15, 9, 14, 18, 11, 13, 10, 16, 12) * 2)
WREN = came("wren", *(0, 2, 1, 30, 4, 3, 0, 12, 2, 55) * 2)
SHOP = (*GLOW, *SLATE, *WREN)

shipments = st.lists(
    st.builds(Shipment, st.sampled_from(("glow", "slate", "wren")), WIDE, st.booleans()), max_size=30
).map(tuple)
confidences = st.floats(0.5, 0.99)


def days(known: tuple[Shipment, ...], supplier: str, percent: int = 85, beyond: int | None = None) -> int:
    return Lateness(known).days(supplier, percent / 100, beyond)


@law
@given(shipments, confidences, confidences)
def test_who_wants_to_be_surer_never_gets_an_earlier_day(known, one, other):
    learned = Lateness(known)
    assert learned.days("glow", min(one, other)) <= learned.days("glow", max(one, other))


@law
@given(shipments, confidences, st.integers(-30, LATEST), st.integers(0, 20))
def test_what_is_not_here_yet_is_expected_after_today_and_no_earlier_the_longer_it_is_out(known, sure, out, more):
    learned = Lateness(known)
    first, later = learned.days("slate", sure, beyond=out), learned.days("slate", sure, beyond=out + more)
    assert first > out
    assert first >= 0
    assert later >= first
    assert learned.days("slate", sure) <= learned.days("slate", sure, beyond=0)


@law
@given(shipments, confidences, st.randoms())
def test_the_order_in_which_shipments_are_told_does_not_matter(known, sure, dice):
    shuffled = list(known)
    dice.shuffle(shuffled)
    assert Lateness(known).days("wren", sure) == Lateness(tuple(shuffled)).days("wren", sure)


@law
@given(shipments, confidences)
def test_nobody_is_promised_before_the_day_that_the_supplier_said_nor_after_the_last_that_we_reckon_with(known, sure):
    for supplier in ("glow", "slate", "wren", "nova"):
        assert 0 <= Lateness(known).days(supplier, sure) <= LATEST


@law
@given(shipments, confidences)
def test_all_new_suppliers_are_alike(known, sure):
    learned = Lateness(known)
    assert learned.days("nova", sure) == learned.days("somebody else", sure)


def test_without_any_receipt_it_is_the_stated_day():
    assert days((), "glow") == 0
    assert days(not_yet("glow", 5, 9), "glow") == 0
    assert days((), "glow", beyond=4) == 5
    assert Lateness(()).usual("glow") == 0


def test_the_punctual_stay_near_their_day_whatever_company_they_are_in():
    assert days(GLOW, "glow") <= 1
    assert days(SHOP, "glow") <= 1


def test_the_slow_are_given_the_days_they_need_and_not_those_of_the_wild():
    assert 14 <= days(SHOP, "slate") <= 17
    assert days(SHOP, "wren", 95) > days(SHOP, "slate", 95)


def test_a_new_supplier_is_expected_to_be_as_the_shops_suppliers_are():
    assert days(GLOW, "nova") < days(SHOP, "nova") < days(SLATE, "nova") + 10
    assert days(SHOP, "glow") < days(SHOP, "nova") < days(SHOP, "wren", 99)


def test_the_more_receipts_of_its_own_the_nearer_a_supplier_is_to_its_own_days():
    found = [days((*GLOW, *WREN, *came("nova", *(6, 7, 8, 7) * times)), "nova") for times in (1, 4, 16)]
    far = [abs(each - 8) for each in found]
    assert far == sorted(far, reverse=True)
    assert far[-1] <= 1


def test_three_receipts_say_which_kind_of_supplier_it_is():
    early, late = came("nova", 0, 0, 1), came("nova", 13, 15, 12)
    assert days((*SHOP, *early), "nova") < days(SHOP, "nova") <= days((*SHOP, *late), "nova") + 5
    assert days((*SHOP, *early), "nova") < 8 < days((*SHOP, *late), "nova")


def test_orders_that_are_late_and_not_here_count_as_later_than_today():
    """Left out, the supplier would look punctual: what came is what was punctual."""
    five = came("nova", 0, 0, 1, 0, 1)
    assert days((*GLOW, *five, *not_yet("nova", 10, 12, 9, 11)), "nova") > days((*GLOW, *five), "nova") + 5


def test_what_was_kept_of_late_corrects_the_level():
    """Twenty suppliers who each surprise once in three times: the level rises until as much is kept as was asked."""
    surprising = tuple(one for who in range(20) for one in came(f"s{who}", 0, 0, 9))
    kept = sum(shipment.days <= days(surprising, shipment.supplier) for shipment in surprising)
    assert kept / len(surprising) >= 0.85


def test_usual_is_the_middle_and_receipts_are_counted():
    learned = Lateness((*SHOP, *not_yet("nova", 3)))
    assert (learned.usual("glow"), learned.receipts("glow"), learned.receipts("nova")) == (0, 30, 0)
    assert 11 <= learned.usual("slate") <= 14
    assert learned.receipts() == 70
    assert learned.suppliers == ("glow", "nova", "slate", "wren")


@pytest.mark.parametrize("shape", range(len(SHAPES)), ids=lambda at: str(SHAPES[at]))
def test_the_chances_of_each_shape_add_up_to_one(shape):
    assert sum(row[shape] for row in JUST) == pytest.approx(1)


@law
@given(shipments, st.integers(-10, 60), st.integers(0, 20), st.one_of(st.none(), st.integers(-5, 40)))
def test_more_days_are_never_less_likely_to_suffice_and_what_has_passed_cannot_happen(known, late, more, beyond):
    learned = Lateness(known)
    here = learned.chance("wren", late, beyond)
    assert 0 <= here <= 1
    assert learned.chance("wren", late + more, beyond) >= here - 1e-9
    assert beyond is None or late > beyond or here == 0


def test_the_punctual_are_likelier_than_the_slow_and_whoever_is_late_already_is_not_here_today():
    learned = Lateness(SHOP)
    assert learned.chance("glow", 2) > 0.95
    assert learned.chance("slate", 2) < 0.1
    assert learned.chance("slate", 12, beyond=9) > learned.chance("slate", 12, beyond=None) - 0.6
    assert learned.chance("slate", 9, beyond=9) == 0
    assert (Lateness(()).chance("glow", 0), Lateness(()).chance("glow", -1)) == (1.0, 0.0)
