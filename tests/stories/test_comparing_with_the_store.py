"""Comparing the books with the store: drift is found and kept, in slices, whoever dies, however the store is."""

import pytest

from backorder import reconcile as reconciling
from backorder.db import reconciliations
from backorder.db.reconciliations import LEASE, Run, Why
from backorder.reconcile import ask, go_on, reconcile
from backorder.rules.drift import Drift
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
    assert town.offer(town.lamp).wanted["steps"]
    ask(town.house, town.shop_id, Why.SCHEDULE, "schedule")
    works(town)
    assert made(town)[0].drift.found == 0


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
    drift = reconcile(town.house, town.shop_id, town.now())
    assert isinstance(drift, Drift)
    newest, older = made(town)
    assert (newest.why, newest.error) == (Why.COMMAND, None)
    assert older.error == "Another comparison took its place."
    assert not go_on(town.house, town.shop_id, town.now())
