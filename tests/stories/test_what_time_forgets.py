"""What was dealt with long ago is forgotten, so that the books of a shop grow with its backlog and not with its years."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backorder import clock
from backorder.db import counts, inbox, outbox, past_effects, taking, vitals
from backorder.db.engine import Connection
from backorder.db.inbox import Verdict
from backorder.db.outbox import Effect, State
from backorder.reconcile import tidy
from backorder.verify import verify
from tests.books.cast import counted, delivery
from tests.stories.town import Town


def with_bodies(tx: Connection) -> list[int]:
    """The webhooks whose bodies are kept."""
    return list(tx.scalars(select(inbox.inbox.c.id).where(inbox.inbox.c.body_sealed.is_not(None))))


def named(town: Town) -> set[str | None]:
    """The names of the effects that are remembered."""
    with town.house.db.read() as tx:
        return set(tx.scalars(select(outbox.outbox.c.key)))


def test_a_webhook_that_nobody_could_read_alarms_for_a_month_and_then_is_forgotten(town: Town) -> None:
    town.install()
    with town.house.db.write() as tx:
        days_ago = {number: clock.transport_now() - timedelta(days=number) for number in (31, 29)}
        for number, at in days_ago.items():
            inbox.put(tx, town.house.sealer, delivery(shop_domain=town.store.domain, event_key=f"{number}"), at)
        for row in tx.execute(inbox.inbox.select().where(inbox.inbox.c.event_key.in_(["29", "31"]))).all():
            inbox.settle(tx, row.id, Verdict.UNREADABLE, row.received_at, "no JSON")
        assert vitals.deliveries(tx)["unreadable"] == 2
    tidy(town.house, town.now())
    with town.house.db.read() as tx:
        assert vitals.deliveries(tx)["unreadable"] == 1


def test_a_change_of_a_count_is_kept_for_a_stocktaking_a_year_later_and_not_for_ever(town: Town) -> None:
    town.install()
    at = town.now()
    old, young = (replace(counted(), at=at - counts.KEPT + timedelta(days=days)) for days in (-1, 1))
    with town.house.db.write() as tx:
        counts.enter(tx, town.shop_id, [old, young])
    tidy(town.house, at)
    with town.house.db.read() as tx:
        assert [one.at for one in counts.unexplained(tx, town.shop_id)] == [young.at]


def test_a_week_of_webhooks_is_forgotten_a_part_at_a_time_so_that_nobody_who_writes_has_to_wait(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.install()
    long_ago = clock.transport_now() - timedelta(days=8)
    with town.house.db.write() as tx:
        for number in range(5):
            inbox.put(tx, town.house.sealer, delivery(shop_domain=town.store.domain, event_key=f"{number}"), long_ago)
        inbox.settle_all(tx, with_bodies(tx), Verdict.DONE, long_ago)
    monkeypatch.setattr("backorder.reconcile.FORGOTTEN_AT_ONCE", 2)
    tidy(town.house, town.now())
    with town.house.db.read() as tx:
        assert with_bodies(tx) == []


def test_what_the_app_did_in_the_store_a_month_ago_is_forgotten_and_what_it_said_is_not(town: Town) -> None:
    town.install()
    long_ago = clock.transport_now() - past_effects.KEPT - timedelta(minutes=1)
    with town.house.db.write() as tx:
        for effect in (Effect.HOLD, Effect.ANNOTATE, Effect.MAIL):
            outbox.put(tx, town.shop_id, effect, outbox.order_lane(1), 1, f"{effect} of 1", long_ago)
            taking.finish(tx, outbox.newest(tx), State.DONE, long_ago)
        outbox.put(tx, town.shop_id, Effect.HOLD, outbox.order_lane(2), 2, "hold of 2", clock.transport_now())
    before = named(town)
    tidy(town.house, town.now())
    assert before - named(town) == {"hold of 1", "annotate of 1"}
    assert verify(town.house).holds
