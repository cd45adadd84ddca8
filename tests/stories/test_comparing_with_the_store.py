"""Comparing the books with the store: drift is found and kept, in slices, whoever dies, however the store is."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from backorder import reconcile as reconciling
from backorder.db import claims, differences, fulfillment_orders, inbox, outbox, reconciliations, taking
from backorder.db.differences import Difference
from backorder.db.outbox import Effect, State
from backorder.db.reconciliations import LEASE, Run, Why
from backorder.reconcile import ask, go_on, reconcile
from backorder.rules.causes import Cause, Kind, Repair
from backorder.store.annotations import ORDER_KEY
from devstore.holding import release
from devstore.model import Order
from devstore.tags import remove_tags
from tests.stories.town import Town


def drifted(town: Town) -> None:
    """The lamp is sold on backorder; then every webhook is lost while two people buy and a chair is miscounted."""
    town.install()
    town.manage(town.lamp, town.chair)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Anna", (town.lamp, 1))
    town.world.post.faults.lost = 1.0
    town.buy("Lena", (town.lamp, 1))
    town.buy("Ben", (town.lamp, 1))
    town.correct_count(town.chair, 3)
    hours_pass(town)


def hours_pass(town: Town) -> None:
    """For the store and for machines."""
    town.time.passes(2 * 3600)


def found_by(town: Town, run: Run) -> tuple[Difference, ...]:
    with town.house.db.read() as tx:
        return differences.of_run(tx, town.shop_id, run.run_id)


def compared(town: Town) -> tuple[Difference, ...]:
    """What a comparison finds now; what it asks for is done."""
    run = reconcile(town.house, town.shop_id, town.now())
    assert run.drift.found + run.drift.effects_missing == len(found_by(town, run))
    town.settle()
    return found_by(town, run)


def made(town: Town) -> tuple[Run, ...]:
    with town.house.db.read() as tx:
        return reconciliations.recent(tx, town.shop_id)


def works(town: Town) -> int:
    """Workers compare until nothing is left to do; how many slices that took."""
    slices = 0
    while go_on(town.house, town.shop_id, town.now()):
        slices += 1
    town.settle()
    return slices + 1


def test_drift_that_was_sown_is_found_counted_and_kept(town: Town) -> None:
    drifted(town)
    assert ask(town.house, town.shop_id, Why.DEMAND, "staff 42")
    assert not ask(town.house, town.shop_id, Why.DEMAND, "staff 42"), "a second click asks for nothing more"
    works(town)
    (run,) = made(town)
    assert (run.drift.orders_unknown, run.drift.levels_changed, run.why, run.error) == (2, 2, Why.DEMAND, None)
    assert run.ended_at is not None
    assert Counter((one.kind, one.why.cause) for one in found_by(town, run)) == {
        (Kind.ORDER, Cause.NEVER_HEARD): 2,
        (Kind.LEVEL, Cause.WITH_ITS_ORDERS): 1,
        (Kind.LEVEL, Cause.NEVER_HEARD): 1,
    }
    assert town.offer(town.lamp).wanted["steps"]
    ask(town.house, town.shop_id, Why.SCHEDULE, "schedule")
    works(town)
    assert made(town)[0].drift.found == 0


@pytest.mark.long
def test_a_comparison_in_many_slices_finds_what_one_in_a_piece_finds(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "SLICE", 1)
    monkeypatch.setattr(reconciling, "SLICE_SECONDS", -1.0)
    drifted(town)
    ask(town.house, town.shop_id, Why.SCHEDULE, "schedule")
    assert works(town) >= 6
    (run,) = made(town)
    assert (run.drift.orders_read, run.drift.orders_unknown, run.drift.levels_changed) == (3, 2, 2)


def test_whoever_dies_between_two_slices_is_followed_when_the_lease_ends(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    drifted(town)
    ask(town.house, town.shop_id, Why.SCHEDULE, "schedule")
    go_on(town.house, town.shop_id, town.now())

    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(reconciling, "_save", dies)
        with pytest.raises(SystemExit):
            go_on(town.house, town.shop_id, town.now())
    assert not go_on(town.house, town.shop_id, town.now()), "the lease is held"
    assert made(town)[0].is_open
    town.time.passes(LEASE.total_seconds())
    works(town)
    assert not made(town)[0].is_open
    assert made(town)[0].error is None


def test_a_store_that_is_busy_is_asked_later_and_at_last_given_up_with_its_reason(town: Town) -> None:
    drifted(town)
    ask(town.house, town.shop_id, Why.SCHEDULE, "schedule")
    for _ in range(3 * reconciling.TRIES):
        town.breaks("", 503, after_effect=False)
    for _ in range(reconciling.TRIES):
        assert made(town)[0].is_open
        go_on(town.house, town.shop_id, town.now())
        assert "503" in (made(town)[0].error or "")
        town.time.passes(reconciling.LONGEST_PAUSE)
    assert not made(town)[0].is_open
    town.world.api_faults.clear()


def test_a_shop_that_lost_its_access_says_so_in_its_history(town: Town) -> None:
    drifted(town)
    town.spend_all_tokens()
    ask(town.house, town.shop_id, Why.SCHEDULE, "schedule")
    for _ in range(reconciling.TRIES + 1):
        go_on(town.house, town.shop_id, town.now())
        town.time.passes(reconciling.LONGEST_PAUSE)
    assert not made(town)[0].is_open
    assert made(town)[0].error


def test_an_operators_command_takes_the_place_of_what_is_open(town: Town) -> None:
    drifted(town)
    ask(town.house, town.shop_id, Why.SCHEDULE, "schedule")
    go_on(town.house, town.shop_id, town.now())
    run = reconcile(town.house, town.shop_id, town.now())
    newest, older = made(town)
    assert newest.run_id == run.run_id
    assert (newest.why, newest.error) == (Why.COMMAND, None)
    assert older.error == "Another comparison took its place."
    assert not go_on(town.house, town.shop_id, town.now())


def one_waits(town: Town) -> Order:
    """Anna waits for a lamp, and her order is held and says so; all is quiet and agreed."""
    town.install()
    town.manage(town.lamp, town.chair)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 1))
    hours_pass(town)
    assert compared(town) == ()
    return anna


def unheard(town: Town, act: Callable[[], object]) -> None:
    """Something happens in the store of which no webhook tells."""
    town.world.post.faults.lost = 1.0
    act()
    town.settle()
    hours_pass(town)


def test_a_hold_that_staff_released_unheard_is_kept_and_named_so(town: Town) -> None:
    anna = one_waits(town)
    (part,) = town.parts(anna)
    ids = [hold.id for hold in part.holds]
    unheard(town, partial(release, town.world, town.store, part.id, ids, app_id=None))
    (one,) = compared(town)
    assert (one.kind, one.name, one.why.cause, one.why.repair) == (
        Kind.HOLD,
        anna.name,
        Cause.RELEASED_BY_STAFF,
        Repair.LEFT,
    )
    assert (one.store_said, one.books_said) == ("1 unit not held", "1 unit held by the app")
    assert town.held(anna) == 0, "nothing is repaired against a hand"


@pytest.mark.long
def test_a_policy_that_somebody_set_unheard_is_left_to_them(town: Town) -> None:
    one_waits(town)
    assert town.lamp.inventory_policy == "CONTINUE"
    unheard(town, partial(town.set_policy, town.lamp, "DENY", settle=False))
    (one,) = compared(town)
    assert (one.kind, one.why.cause, one.why.repair) == (Kind.POLICY, Cause.BY_HAND, Repair.REARM)
    assert (one.store_said, one.books_said) == ("stop selling", "continue selling")
    assert town.lamp.inventory_policy == "DENY"
    assert compared(town) == (), "it is told once: from then on the app knows"


@pytest.mark.long
def test_a_tag_that_somebody_took_off_stays_off(town: Town) -> None:
    anna = one_waits(town)
    unheard(town, partial(remove_tags, town.world, town.store, anna, ["backorder"]))
    (one,) = compared(town)
    assert (one.kind, one.why.cause, one.why.repair) == (Kind.TAG, Cause.TAKEN_OFF, Repair.LEFT)
    assert "backorder" not in anna.tags


@pytest.mark.long
def test_a_metafield_that_says_something_else_is_written_again(town: Town) -> None:
    """Nobody but the app may write it, so it was lost, not meant."""
    anna = one_waits(town)
    (field,) = (each for each in town.store.metafields.values() if (each.owner_id, each.key) == (anna.id, ORDER_KEY))
    said, field.value = field.value, '{"v": 1}'
    hours_pass(town)
    (one,) = compared(town)
    assert (one.kind, one.why.cause, one.why.repair) == (Kind.METAFIELD, Cause.TAKEN_OFF, Repair.ASKED_AGAIN)
    assert field.value == said
    assert compared(town) == ()


@pytest.mark.long
def test_a_change_of_ours_that_stopped_is_named_with_its_error_and_is_no_drift(town: Town) -> None:
    anna = one_waits(town)
    lane = outbox.order_lane(anna.id)
    with town.house.db.write() as tx:
        outbox.want(tx, town.shop_id, Effect.ANNOTATE, lane, anna.id, town.time())
        due = taking.take(tx, town.time())
        assert due is not None
        taking.finish(tx, due.outbox_id, State.PARKED, town.time(), error="The store refused.")
    run = reconcile(town.house, town.shop_id, town.now())
    (one,) = found_by(town, run)
    assert (one.kind, one.why.cause, one.why.detail, one.why.repair) == (
        Kind.METAFIELD,
        Cause.STOPPED,
        "The store refused.",
        Repair.TRY_AGAIN,
    )
    assert (run.drift.found, run.drift.effects_missing) == (0, 1)


@pytest.mark.long
def test_a_hold_that_nobody_asked_for_is_asked_for_and_stands_without_an_explanation(town: Town) -> None:
    """The negative control of a row that was never written: the comparison finds it, and the goods are held again."""
    anna = one_waits(town)
    (part,) = town.parts(anna)
    ids = [hold.id for hold in part.holds]
    unheard(town, partial(release, town.world, town.store, part.id, ids, app_id=None))
    with town.house.db.write() as tx:
        # Books as a wrong code could leave them: they know that nothing is held, and nobody has asked for a hold.
        tx.execute(fulfillment_orders.fulfillment_orders.update().where(_of(anna)).values(holds=[], status="OPEN"))
        tx.execute(claims.claims.update().where(claims.claims.c.order_id == anna.id).values(exposed=1))
    (one,) = compared(town)
    assert (one.kind, one.name, one.why.cause, one.why.repair) == (
        Kind.HOLD,
        anna.name,
        Cause.UNEXPLAINED,
        Repair.ASKED_AGAIN,
    )
    assert town.held(anna) == 1


def _of(order: Order) -> Any:
    return fulfillment_orders.fulfillment_orders.c.order_id == order.id


@pytest.mark.long
@pytest.mark.parametrize(
    ("became", "cause"),
    [
        (None, Cause.NOT_UNDERSTOOD_YET),
        (inbox.Verdict.PARKED, Cause.NOT_UNDERSTOOD),
        (inbox.Verdict.DONE, Cause.UNEXPLAINED),
    ],
    ids=["waits", "parked", "understood"],
)
def test_what_became_of_its_webhook_is_the_cause_of_an_order_that_was_not_known(
    town: Town, became: inbox.Verdict | None, cause: Cause
) -> None:
    one_waits(town)
    town.buy("Ben", (town.lamp, 1), settle=False)
    town.bring_the_post()
    with town.house.db.write() as tx:
        rows = tx.execute(inbox.inbox.select().where(inbox.inbox.c.verdict == inbox.Verdict.WAITING.value)).all()
        for row in rows:
            if became is not None:
                inbox.settle(tx, row.id, became, town.time(), "Nobody could read it.")
    assert rows
    hours_pass(town)
    run = reconcile(town.house, town.shop_id, town.now())
    unknown = [one for one in found_by(town, run) if one.kind is Kind.ORDER]
    assert [(one.books_said, one.why.cause) for one in unknown] == [("not known", cause)]
    assert run.drift.unexplained >= (cause is Cause.UNEXPLAINED)
