"""The only process was killed in the middle of its work; the one that follows need not wait for its leases."""

import pytest

from backorder.db import turns
from backorder.failpoint import Died, arm
from backorder.take_over import take_over
from backorder.verify import verify
from tests.dice import first_now
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town

IN_TIME = 10.0


@pytest.fixture(autouse=True)
def _disarmed_afterwards():
    yield
    arm({}, store_is_overridden=True)


def killed_at(town: Town, point: str) -> object:
    """Anna buys a lamp that has to wait, and whoever works at it dies."""
    open_for_backorders(town)
    arm({"PROMISED_FAILPOINT": f"{point}:raise"}, store_is_overridden=True)
    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    with pytest.raises(Died):
        town.look_for(IN_TIME)
    return anna


@pytest.mark.parametrize("point", first_now(["observe.turn", "order.noted", "outbox.taken", "hold.placed"]))
def test_who_follows_holds_the_order_at_once(town_on_both: Town, point: str) -> None:
    anna = killed_at(town_on_both, point)
    take_over(town_on_both.house)
    town_on_both.look_for(IN_TIME)
    assert town_on_both.held(anna) == 1
    assert town_on_both.journal("hold placed", anna) == 1
    town_on_both.settle()
    assert len(town_on_both.mails("Anna")) == 1
    assert verify(town_on_both.house).holds


@pytest.mark.long
@pytest.mark.parametrize("point", ["observe.turn", "outbox.taken"])
def test_without_taking_over_it_waits_for_the_lease_to_end(town: Town, point: str) -> None:
    """The control: it is the dead one's lease that is in the way."""
    anna = killed_at(town, point)
    town.look_for(IN_TIME)
    assert town.held(anna) == 0


@pytest.mark.long
def test_a_death_is_counted_all_the_same(town: Town) -> None:
    killed_at(town, "observe.turn")
    take_over(town.house)
    with town.house.db.write() as tx:
        turn = turns.begin_turn(tx, town.shop_id, "observe", "the next", town.time(), 60)
    assert turn is not None
    assert turn.deaths == 1
