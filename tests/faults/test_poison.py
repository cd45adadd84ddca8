"""What kills whoever touches it is set aside after some tries, with a sentence; the others are served."""

import pytest

from backorder import observe
from backorder.db import dirty, imports, troubles, turns
from backorder.db.outbox import State
from backorder.db.taking import ATTEMPTS
from backorder.deliver import deliver
from backorder.failpoint import Died
from backorder.importing import DEATHS as DEATHS_OF_READERS
from backorder.importing import import_page
from backorder.observe import DEATHS, SET_ASIDE, TURN_SECONDS
from tests.faults.test_dying_at_named_steps import A_LEASE
from tests.stories.town import Town


def dies(work, *arguments: object) -> None:
    with pytest.raises(Died):
        work(*arguments)


def test_an_effect_that_kills_whoever_takes_it_is_parked_and_its_lane_shows_it(town: Town, arm):
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    arm("outbox.taken:raise@every")
    dies(town.buy, "Ben", (town.lamp, 2))
    for _ in range(ATTEMPTS - 1):
        town.time.passes(A_LEASE)
        with town.house.db.read() as tx:
            assert troubles.newest(tx, town.shop_id) == ()
        dies(deliver, town.house, town.shop_id, town.now())
    arm("")
    town.time.passes(A_LEASE)
    deliver(town.house, town.shop_id, town.now())
    with town.house.db.read() as tx:
        (parked,) = troubles.newest(tx, town.shop_id)
    assert (parked.state, parked.error) == (
        State.PARKED.value,
        f"Taken {ATTEMPTS} times, and its taker never came back.",
    )


def test_a_shop_whose_reading_kills_the_worker_is_set_aside_until_something_new_is_heard(town: Town, arm):
    town.install()
    town.manage(town.lamp)
    arm("observe.turn:raise@every")
    with town.house.db.write() as tx:
        dirty.mark(tx, town.shop_id, dirty.Kind.ITEM, [town.lamp.item_id], town.time())
    for _ in range(DEATHS):
        dies(observe.observe, town.house, town.shop_id, town.now())
        assert not observe.observe(town.house, town.shop_id, town.now()), (
            "the queue calls again at once, and is bounded"
        )
        town.time.passes(TURN_SECONDS + 1)
    assert not observe.observe(town.house, town.shop_id, town.now()), "and does not die"
    with town.house.db.read() as tx:
        assert dirty.shops_with_work(tx, town.time()) == ()
        assert dirty.shops_with_work(tx, town.time() + SET_ASIDE) == (town.shop_id,)
        (row,) = tx.execute(dirty.dirty.select()).all()
    assert row.error == f"{DEATHS} workers died one after the other while they looked at this shop."
    arm("")
    town.buy("Ben", (town.lamp, 1))
    with town.house.db.read() as tx:
        assert dirty.count(tx) == 0, "what was heard of since was looked at"


def test_a_page_of_an_import_that_kills_its_readers_waits_and_is_read_in_the_end(town: Town):
    town.install()
    with town.house.db.write() as tx:
        imports.start(tx, town.shop_id, ("variants",), town.time())
    for number in range(DEATHS_OF_READERS):
        with town.house.db.write() as tx:
            assert turns.begin_turn(tx, town.shop_id, "import", f"reader {number}", town.time(), 30)
        assert not import_page(town.house, town.shop_id, town.now())
        town.time.passes(31)
    assert not import_page(town.house, town.shop_id, town.now())
    with town.house.db.read() as tx:
        (step,) = imports.progress(tx, town.shop_id)
    assert step.error == f"{DEATHS_OF_READERS} workers died one after the other while they read this page."
    assert not step.finished
    town.time.passes(SET_ASIDE.total_seconds())
    import_page(town.house, town.shop_id, town.now())
    with town.house.db.read() as tx:
        assert imports.progress(tx, town.shop_id)[0].finished
