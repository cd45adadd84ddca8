"""Somebody would wait at one warehouse while the goods lie at another."""

from backorder import elsewhere
from devstore.places import open_place
from devstore.stock import receive
from tests.stories.town import Town


def with_a_second_place(town: Town) -> int:
    """Lamps are made within twelve days and come to the first warehouse; Queens stocks them too."""
    town.install()
    town.manage(town.lamp)
    town.set_terms(lead_time_days=12)
    queens = open_place(town.world, town.store, "Queens", stocks=[town.lamp.item_id])
    town.settle_again()
    town.buy("Lena", (town.lamp, 1))
    return queens.id


def test_what_lies_elsewhere_is_shown_and_sent_from_there_when_somebody_says_so(town: Town) -> None:
    queens = with_a_second_place(town)
    cleo = town.buy("Cleo", (town.lamp, 1))
    assert town.held(cleo) == 1
    receive(town.world, town.store, town.lamp.item_id, queens, 2)
    town.settle_again()
    with town.house.db.read() as tx:
        (lies,) = elsewhere.lies_elsewhere(tx, town.shop_id, cleo.id, town.now())
    assert (lies.lies_at, lies.units, lies.movable) == (queens, 1, True)
    assert town.held(cleo) == 1, "nothing moves by itself"
    elsewhere.serve_elsewhere(town.house, town.shop_id, cleo.id, actor="Mara", now=town.now())
    town.settle()
    (part,) = town.parts(cleo)
    assert (part.location_id, part.status) == (queens, "OPEN")
    assert len(town.mails("Cleo")) == 2, "her lamp is in"
    with town.house.db.read() as tx:
        assert elsewhere.lies_elsewhere(tx, town.shop_id, cleo.id, town.now()) == ()


def test_by_the_shops_setting_it_is_sent_from_there_before_anybody_is_told_to_wait(town: Town) -> None:
    queens = with_a_second_place(town)
    town.set_terms(serve_elsewhere=True)
    cleo = town.buy("Cleo", (town.lamp, 1), settle=False)
    while not (routed := list(town.parts(cleo))):
        town.bring_the_post()
        town.time.passes(0.1)
    assert routed[0].location_id == town.place, "the store has sent it to where nothing lies"
    receive(town.world, town.store, town.lamp.item_id, queens, 2)
    town.settle()
    (part,) = town.parts(cleo)
    assert (part.location_id, part.status) == (queens, "OPEN")
    assert town.mails("Cleo") == []
