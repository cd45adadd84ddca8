"""Orders as the store tells them: kept whole, replaced whole, compared by what matters."""

from datetime import timedelta

from backorder.db import fulfillment_orders, order_lines, orders, whole_orders
from tests.books.cast import FIRST, FIRST_LINE, NOON, PARCEL, SECOND, SECOND_LINE, SECOND_ORDER, line, order, parcel


def test_an_order_is_kept_whole(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON + SECOND)
    kept = orders.get(tx, alice, FIRST)
    assert kept is not None
    assert (kept.name, kept.created_at, kept.ready_at, kept.read_at) == ("#51", NOON, NOON, NOON + SECOND)
    assert (kept.tags, kept.country, kept.currency, kept.test) == (frozenset({"backorder"}), "US", "USD", False)
    assert order_lines.of_orders(tx, alice, [FIRST]) == {FIRST: (line(),)}
    assert fulfillment_orders.of_orders(tx, alice, [FIRST]) == {FIRST: (parcel(),)}
    assert orders.many(tx, alice, [FIRST, 404]) == {FIRST: kept}


def test_whose_an_order_is_is_kept_until_the_customer_asks_to_be_forgotten(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON)
    whole_orders.save(tx, alice, order(SECOND_ORDER, lines=(), fulfillment_orders=(), customer_id=None), NOON, NOON)
    assert orders.customers(tx, alice, [FIRST, SECOND_ORDER, 404]) == {FIRST: 77}
    orders.forget_customers(tx, alice, [FIRST])
    kept = orders.get(tx, alice, FIRST)
    assert kept is not None
    assert (kept.customer_id, kept.status_url) == (None, None)


def test_an_order_nobody_saw_is_not_there(tx, alice):
    assert orders.get(tx, alice, FIRST) is None
    assert fulfillment_orders.orders_of(tx, alice, [PARCEL]) == {}


def test_fulfillment_orders_are_those_of_the_last_reading(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON)
    whole_orders.save(tx, alice, order(fulfillment_orders=(parcel(72), parcel(73))), NOON, NOON)
    assert [fo.fulfillment_order_id for fo in fulfillment_orders.of_orders(tx, alice, [FIRST])[FIRST]] == [72, 73]
    assert fulfillment_orders.orders_of(tx, alice, [PARCEL]) == {}
    assert fulfillment_orders.orders_of(tx, alice, [72]) == {72: FIRST}


def test_another_orders_fulfillment_orders_stay(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON)
    other = order(SECOND_ORDER, lines=(line(SECOND_LINE),), fulfillment_orders=(parcel(72, SECOND_ORDER, SECOND_LINE),))
    whole_orders.save(tx, alice, other, NOON, NOON)
    whole_orders.save(tx, alice, order(fulfillment_orders=()), NOON, NOON)
    assert list(fulfillment_orders.of_orders(tx, alice, [FIRST, SECOND_ORDER])) == [SECOND_ORDER]


def test_what_our_metafield_says_outlives_a_reading(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON)
    orders.annotated(tx, alice, FIRST, '{"v": 1}')
    whole_orders.save(tx, alice, order(closed=True), NOON, NOON)
    kept = orders.get(tx, alice, FIRST)
    assert kept is not None
    assert (kept.annotated, kept.closed) == ('{"v": 1}', True)


def test_a_sweep_can_tell_what_it_already_knows(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON + SECOND)
    assert fulfillment_orders.swept(tx, alice, [PARCEL, 404]) == {PARCEL: (NOON, NOON + SECOND)}


def test_open_orders_have_something_left_to_ship(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON)
    whole_orders.save(tx, alice, order(SECOND_ORDER, lines=(line(SECOND_LINE, unfulfilled=0),)), NOON, NOON)
    whole_orders.save(tx, alice, order(53, lines=(line(63),), cancelled_at=NOON), NOON, NOON)
    assert order_lines.open_order_ids(tx, alice) == (FIRST,)


def test_a_forgotten_order_leaves_nothing(tx, alice):
    whole_orders.save(tx, alice, order(), NOON, NOON)
    whole_orders.forget(tx, alice, [FIRST])
    assert orders.get(tx, alice, FIRST) is None
    assert order_lines.of_orders(tx, alice, [FIRST]) == {}
    assert fulfillment_orders.of_orders(tx, alice, [FIRST]) == {}


def test_a_long_shown_date_is_cut_and_never_fails_a_write(tx, alice):
    whole_orders.save(tx, alice, order(lines=(line(shown="Ships by " + "x" * 400),)), NOON, NOON)
    (kept,) = order_lines.of_orders(tx, alice, [FIRST])[FIRST]
    assert kept.line_id == FIRST_LINE
    assert kept.shown is not None
    assert len(kept.shown) == 255


def test_times_keep_their_fractions(tx, alice):
    precise = NOON + timedelta(microseconds=123456)
    whole_orders.save(tx, alice, order(updated_at=precise), precise, precise)
    kept = orders.get(tx, alice, FIRST)
    assert kept is not None
    assert (kept.updated_at, kept.ready_at) == (precise, precise)
