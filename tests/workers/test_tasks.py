from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from backorder import deliver, importing, observe, reconcile
from backorder.clock import transport_now
from backorder.db import dirty, imports, reconciliations, shops, turns
from backorder.db.dirty import Kind
from tests.webhooks.cast import BOBS, LAMPLIGHT, LEVEL, NOW
from tests.webhooks.mailroom import arrives
from workers import tasks
from workers.app import make_celery
from workers.calls import Call, Waiting, full_name
from workers.timetable import timetable


@pytest.fixture
def lamplight(house):
    with house.db.write() as tx:
        return shops.install(tx, LAMPLIGHT, NOW).shop_id


@pytest.fixture
def bobs(house):
    with house.db.write() as tx:
        return shops.install(tx, BOBS, NOW).shop_id


@pytest.fixture
def asked(monkeypatch):
    """What the verbs were asked, and how often each still says that more is due."""
    calls, left = [], {}

    def stand_in(name):
        def verb(_house, *given):
            calls.append((name, *given[:-1]))
            left[name] = left.get(name, 0) - 1
            return left[name] > 0

        return verb

    for module, name in (
        (observe, "observe"), (deliver, "deliver"), (importing, "import_page"), (reconcile, "go_on"),
        (reconcile, "tidy"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, stand_in(name))
    return calls, left


def test_a_quiet_house_is_swept_with_one_look_at_the_outbox(house, lamplight):
    assert tasks.sweep(house) == (Call("deliver"),)


def test_the_sweep_finds_what_waits_in_every_book(house, lamplight, bobs):
    arrives(house, "inventory_levels/update", LEVEL)
    with house.db.write() as tx:
        dirty.mark(tx, lamplight, Kind.ITEM, [2718], transport_now())
        imports.start(tx, bobs, ("shop",), transport_now())
    assert set(tasks.sweep(house)) == {
        Call("digest"),
        Call("observe", lamplight),
        Call("import_page", bobs),
        Call("deliver"),
    }


def test_what_is_put_off_is_not_called_for(house, lamplight):
    later = transport_now() + timedelta(minutes=5)
    with house.db.write() as tx:
        dirty.mark(tx, lamplight, Kind.ITEM, [2718], later)
        imports.start(tx, lamplight, ("shop",), later)
    assert tasks.observe_due(house) == ()
    assert tasks.import_due(house) == ()


def test_a_task_goes_on_while_more_is_due_and_ends_when_nothing_is(house, lamplight, asked):
    calls, left = asked
    left["observe"] = 5
    assert tasks.observe(house, lamplight) == ()
    assert calls == [("observe", lamplight)] * 5


def test_a_task_that_runs_out_of_time_calls_for_itself(house, lamplight, asked, monkeypatch):
    calls, left = asked
    monkeypatch.setattr(tasks, "BUDGET_SECONDS", 0.0)
    left.update(observe=10, deliver=10, import_page=10)
    assert tasks.observe(house, lamplight) == (Call("observe", lamplight),)
    assert tasks.deliver(house) == (Call("deliver"),)
    assert tasks.deliver(house, lamplight) == (Call("deliver", lamplight),)
    assert tasks.import_page(house, lamplight) == (Call("import_page", lamplight),)
    assert calls == [("observe", lamplight), ("deliver", None), ("deliver", lamplight), ("import_page", lamplight)]


def test_digesting_understands_what_the_inbox_holds(house, lamplight):
    arrives(house, "inventory_levels/update", LEVEL)
    assert tasks.digest(house) == ()
    assert tasks.observe_due(house) == (Call("observe", lamplight),)


def test_an_import_is_read_a_page_a_task(house, lamplight, asked):
    calls, left = asked
    left["import_page"] = 3
    assert tasks.import_page(house, lamplight) == (Call("import_page", lamplight),)
    assert calls == [("import_page", lamplight)]


def all_ended(house):
    """Every comparison that was asked for is made."""
    with house.db.write() as tx:
        tx.execute(reconciliations.reconciliations.update().values(ended_at=transport_now()))


def test_each_shop_is_reconciled_once_a_period_however_many_clocks_tick(house, lamplight, bobs):
    assert tasks.rounds(house) == (Call("reconcile", lamplight), Call("reconcile", bobs))
    all_ended(house)
    assert tasks.rounds(house) == ()
    with house.db.write() as tx:
        tx.execute(turns.turns.update().values(until=transport_now() - timedelta(seconds=1)))
    assert tasks.rounds(house) == (Call("reconcile", lamplight), Call("reconcile", bobs))


def test_many_that_are_due_at_once_are_spread_over_the_ticks(house, lamplight, bobs, monkeypatch):
    monkeypatch.setattr(tasks, "ASKED_AT_LEAST", 1)
    assert tasks.rounds(house) == (Call("reconcile", lamplight),)
    all_ended(house)
    assert tasks.rounds(house) == (Call("reconcile", bobs),)
    all_ended(house)
    assert tasks.rounds(house) == ()


def test_a_shop_that_is_still_being_read_is_not_compared_yet(house, lamplight, bobs):
    with house.db.write() as tx:
        imports.start(tx, bobs, ("shop",), transport_now())
    assert tasks.rounds(house) == (Call("reconcile", lamplight),)
    all_ended(house)
    with house.db.write() as tx:
        imports.advance(tx, bobs, "shop", cursor=None, read=1, at=transport_now())
    assert tasks.rounds(house) == (Call("reconcile", bobs),)


def test_a_comparison_whose_call_was_lost_is_found_by_the_sweep(house, lamplight):
    tasks.rounds(house)
    assert Call("reconcile", lamplight) in tasks.sweep(house)
    all_ended(house)
    assert tasks.sweep(house) == (Call("deliver"),)


def test_a_comparison_is_made_a_slice_a_task(house, lamplight, asked):
    calls, left = asked
    left["go_on"] = 2
    assert tasks.reconcile(house, lamplight) == (Call("reconcile", lamplight),)
    assert tasks.reconcile(house, lamplight) == ()
    assert calls == [("go_on", lamplight)] * 2


def test_a_shop_that_left_is_not_reconciled(house, lamplight):
    with house.db.write() as tx:
        shops.leave(tx, lamplight, NOW)
    assert tasks.rounds(house) == ()


def test_a_store_that_cannot_be_reconciled_is_said_with_its_reason(house, lamplight):
    tasks.rounds(house)
    with capture_logs() as entries:
        assert tasks.reconcile(house, lamplight) == ()
    why = f"{LAMPLIGHT} has given us no token; the merchant's next visit brings one."
    assert [(entry["event"], entry["why"]) for entry in entries] == [("not reconciled", why)]
    with house.db.read() as tx:
        assert [run.error for run in reconciliations.recent(tx, lamplight)] == [why]


def test_tidying_is_done_by_one_process_a_period(house, asked):
    calls, _ = asked
    tasks.tidy(house)
    tasks.tidy(house)
    assert calls == [("tidy",)]


def test_every_tick_of_the_timetable_and_every_call_names_a_task(house):
    celery = make_celery(house.settings)
    ticked = {entry["task"] for entry in timetable(house.settings).values()}
    assert ticked <= set(celery.tasks)
    assert {full_name(name) for name in tasks.TASKS} <= set(celery.tasks)


def test_messages_are_ids_in_json_and_nothing_is_kept_of_them(house):
    conf = make_celery(house.settings).conf
    assert (conf.task_serializer, conf.accept_content, conf.result_backend) == ("json", ["json"], None)
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1


def test_redis_waits_longer_for_a_task_than_a_task_may_last(house):
    settings = house.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    conf = make_celery(settings).conf
    assert conf.task_time_limit < conf.broker_transport_options["visibility_timeout"] == 300


def test_a_shop_that_this_process_observes_is_looked_at_once_more_for_whoever_called_meanwhile(
    house, lamplight, monkeypatch
):
    calls = []

    def observing(_house, shop_id, _now):
        calls.append(shop_id)
        assert tasks.observe(house, shop_id) == ()
        return False

    monkeypatch.setattr(observe, "observe", observing)
    assert tasks.observe(house, lamplight) == (Call("observe", lamplight),)
    assert calls == [lamplight]
    monkeypatch.setattr(observe, "observe", lambda *_: False)
    assert tasks.observe(house, lamplight) == ()


def test_a_call_that_waits_on_our_own_queue_is_not_put_there_twice():
    waiting = Waiting(forget_after=60.0)
    assert waiting.puts(Call("digest"))
    assert not waiting.puts(Call("digest"))
    assert waiting.puts(Call("observe", 1))
    waiting.begun(Call("digest"))
    assert waiting.puts(Call("digest"))


def test_a_call_that_was_lost_is_put_on_the_queue_again():
    waiting = Waiting(forget_after=0.0)
    assert waiting.puts(Call("digest"))
    assert waiting.puts(Call("digest"))


def test_calls_between_processes_are_all_sent(house):
    assert make_celery(house.settings).waiting is not None
    between = house.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    assert make_celery(between).waiting is None
