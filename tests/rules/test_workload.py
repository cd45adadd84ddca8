"""How much work each arrival brings, and how it is spread: the oldest first, never more than can be packed."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.pace import LATEST, PERIODS, wait_until
from backorder.rules.projection import project
from backorder.rules.workload import workload
from tests.rules.cast import ADA, BEN, CLEO, NOW, TODAY, claim, future, in_days, law, lot

HOUR = PERIODS["hour"]


def test_each_arrival_is_counted_with_whom_it_lets_go():
    queue = [claim(ADA, 2), claim(BEN, 2), claim(CLEO, 3)]
    days = project(queue, future(lot(3, 5, 1), lot(2, 20, 2))).claims
    waiting = [(c.line_id, c.order_id, c.units, days[c.line_id, c.location_id]) for c in queue]
    found = workload(waiting, TODAY, minutes_an_order=6)
    first, second = found.days
    assert (first.day, first.units, first.lines, first.orders, first.hours) == (in_days(5), 3, 2, 2, 0.2)
    assert (second.day, second.units, second.orders) == (in_days(20), 2, 2), "Ben is packed on both days"
    assert first.arrivals == (("PO-1", 3),)
    assert found.undated == 2


def test_nobody_waits_while_there_is_room_and_the_oldest_go_first():
    assert wait_until(0, [], 2, HOUR, NOW) is None
    assert wait_until(1, [], 2, HOUR, NOW) is None
    assert wait_until(2, [], 2, HOUR, NOW) == NOW + HOUR
    gone = [NOW - timedelta(minutes=50), NOW - timedelta(minutes=10)]
    assert wait_until(0, gone, 2, HOUR, NOW) == NOW + timedelta(minutes=10), "when the first of them is an hour old"
    assert wait_until(0, gone[:1], 2, HOUR, NOW) is None


@law
@given(st.integers(1, 5), st.integers(0, 12), st.integers(1, 90))
def test_however_many_wait_no_more_are_let_go_in_an_hour_and_all_of_them_in_their_order(most, people, step):
    waiting, gone, now = list(range(people)), [], NOW
    for _ in range(5_000):
        if not waiting:
            break
        may = [
            who
            for place, who in enumerate(waiting)
            if wait_until(place, [at for _, at in gone], most, HOUR, now) is None
        ]
        if may:
            waiting.remove(may[0])
            gone.append((may[0], now))
        else:
            soonest = min(wait_until(place, [at for _, at in gone], most, HOUR, now) for place, _ in enumerate(waiting))
            assert now < soonest <= now + LATEST
            now = max(now + timedelta(minutes=step), soonest)
    assert waiting == []
    assert [who for who, _ in gone] == list(range(people))
    for at in (moment for _, moment in gone):
        assert sum(1 for _, other in gone if at - HOUR < other <= at) <= most
