"""The figures for Prometheus: complete, the same from every process, and nobody's name among them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backorder.clock import transport_now
from backorder.db import dirty, heard, inbox, migrate, reconciliations, tokens
from backorder.db.dirty import Kind
from backorder.db.outbox import State
from backorder.db.reconciliations import Why
from backorder.rules.drift import Drift
from plugin.app import create_app
from tests.books.cast import delivery
from tests.plugin.cast import ALICE, stops


@pytest.fixture(autouse=True)
def _never_compared(house):
    """Each test tells its own comparisons."""
    with house.db.write() as tx:
        tx.execute(reconciliations.reconciliations.delete())


@pytest.fixture
def figures(client):
    """The figures now, by their names."""

    def read() -> dict[str, float]:
        lines = client.get("/metrics").text.splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    return read


def compared(house, shop, ago, drift=None, error=None):
    """A comparison that ended so long ago."""
    at = transport_now() - ago
    with house.db.write() as tx:
        reconciliations.ask(tx, shop.shop_id, Why.SCHEDULE, "schedule", at)
        run = reconciliations.take(tx, shop.shop_id, at)
        assert run is not None
        reconciliations.save(tx, shop.shop_id, replace(run, drift=drift or Drift()), at)
        reconciliations.end(tx, shop.shop_id, run.run_id, at, error)


def test_the_figures_of_the_books_can_be_scraped(figures):
    now = figures()
    assert now["promised_installed_shops"] == 2
    assert now['promised_inbox_deliveries{verdict="waiting"}'] == 0
    assert now['promised_outbox_rows{state="parked"}'] == 0
    assert now['promised_outbox_rows{state="due"}'] > 0
    assert now['promised_outbox_effects{effect="hold",state="due"}'] > 0
    assert now["promised_backorder_units"] == 5
    newest = migrate.head()
    assert now[f'promised_schema_info{{needs="{newest}",revision="{newest}",standing="current"}}'] == 1


def test_what_waits_has_an_age(figures, house, stage):
    at = transport_now() - timedelta(seconds=600)
    with house.db.write() as tx:
        inbox.put(tx, house.sealer, delivery(shop_domain=ALICE), at)
        dirty.mark(tx, stage.alice.shop_id, Kind.ITEM, [4711], at - timedelta(seconds=100))
    now = figures()
    assert 600 <= now["promised_inbox_oldest_seconds"] < 660
    assert now["promised_inbox_kept_total"] == 1
    assert 700 <= now["promised_update_lag_seconds"] < 760
    assert now['promised_outbox_oldest_seconds{effect="hold"}'] >= 0


def test_what_stopped_is_counted_by_state_and_effect(figures, house, stage):
    stops(house, stage.alice, State.PARKED, "refused")
    now = figures()
    assert now['promised_outbox_rows{state="parked"}'] == 1
    assert now['promised_outbox_effects{effect="hold",state="parked"}'] == 1


def test_access_silence_and_comparisons_are_those_of_the_shop_that_is_worst_off(figures, house, stage):
    ago = transport_now() - timedelta(hours=2)
    with house.db.write() as tx:
        tokens.forget(tx, stage.bob.shop_id)
        tx.execute(heard.heard.delete())
        heard.note(tx, stage.alice.shop_id, [ago])
        heard.note(tx, stage.bob.shop_id, [transport_now()])
    last = Drift(orders_unknown=2, levels_changed=1, unexplained=1, effects_missing=4)
    compared(house, stage.alice, timedelta(minutes=5), last)
    compared(house, stage.bob, timedelta(minutes=50))
    now = figures()
    assert now["promised_shops_without_access"] == 1
    assert now["promised_shops_with_access_ending"] == 1
    assert 7200 <= now["promised_silence_seconds"] < 7260
    assert 3000 <= now["promised_reconcile_age_seconds"] < 3060
    assert now['promised_reconcile_drift{cause="orders_unknown"}'] == 2
    assert now['promised_reconcile_drift{cause="levels_changed"}'] == 1
    assert (now["promised_reconcile_unexplained"], now["promised_reconcile_effects_missing"]) == (1, 4)


def test_alarms_are_counted_as_the_shops_own_pages_tell_them(figures, house, stage):
    with house.db.write() as tx:
        heard.note(tx, stage.alice.shop_id, [transport_now()])
        heard.note(tx, stage.bob.shop_id, [transport_now()])
    compared(house, stage.alice, timedelta(days=21))
    compared(house, stage.alice, timedelta(minutes=1), Drift(orders_unknown=5))
    for minutes in (200, 190, 180):
        compared(house, stage.bob, timedelta(minutes=minutes), error="The shop has not granted read_orders.")
    now = figures()
    assert now['promised_shops_alarmed{alarm="drift"}'] == 1
    assert now['promised_shops_alarmed{alarm="comparison"}'] == 1
    assert now['promised_shops_alarmed{alarm="silence"}'] == 0
    assert now['promised_shops_alarmed{alarm="unexplained"}'] == 0
    for minutes in (30, 20, 10):
        compared(house, stage.alice, timedelta(seconds=minutes), Drift(levels_changed=3, unexplained=2))
    assert figures()['promised_shops_alarmed{alarm="unexplained"}'] == 1


def test_every_process_answers_alike(house, figures):
    other = create_app(house).test_client().get("/metrics").text
    counted = [line for line in other.splitlines() if line[0] != "#" and "seconds" not in line]
    assert {
        name: float(value) for name, value in (line.rsplit(" ", 1) for line in counted)
    }.items() <= figures().items()


def test_figures_name_no_shop(client):
    text = client.get("/metrics").text.lower()
    assert "lamplight" not in text
    assert "bikes" not in text
