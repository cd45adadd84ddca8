"""What the pick list tells a warehouse to send is what nobody holds: neither we nor anybody else."""

import pytest

from backorder import picking
from devstore.fulfilment import begin_work, release, stop_work
from devstore.holding import hold
from tests.stories.town import Town


def picked(town: Town) -> list[int]:
    """Units of each line of the pick list."""
    return [pick.units for pick in picking.picks(town.house, town.shop_id).lines]


def test_nobody_picks_what_another_app_holds(town: Town) -> None:
    town.install()
    town.manage(town.lamp, town.chair)
    anna = town.buy("Anna", (town.chair, 1))
    assert picked(town) == [1]
    town.hold_by_another_app(anna)
    assert picked(town) == []
    (part,) = town.parts(anna)
    release(town.world, town.store, part.id, tuple(one.id for one in part.holds), app_id=99)
    town.settle()
    assert picked(town) == [1]


@pytest.mark.long
def test_of_a_line_that_another_app_holds_in_part_only_the_rest_is_picked(town: Town) -> None:
    town.install()
    town.manage(town.lamp, town.chair)
    anna = town.buy("Anna", (town.chair, 3))
    (part,) = town.parts(anna)
    hold(town.world, town.store, part.id, reason="OTHER", handle="x", app_id=99, units=[(part.lines[0].id, 2)])
    town.settle()
    assert picked(town) == [1]


@pytest.mark.long
def test_what_nobody_packs_after_all_is_held_where_its_goods_are_gone_meanwhile(town: Town) -> None:
    town.install()
    town.manage(town.lamp, town.chair)
    anna = town.buy("Anna", (town.chair, 1))
    (part,) = town.parts(anna)
    begin_work(town.world, town.store, part.id)
    town.settle()
    town.correct_count(town.chair, -1)
    town.settle_again()
    assert town.held(anna) == 0, "somebody has it in hand"
    stop_work(town.world, town.store, part.id)
    town.settle()
    assert town.held(anna) == 1
    assert picked(town) == []
