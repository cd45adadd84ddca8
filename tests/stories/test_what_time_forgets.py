"""What was dealt with long ago is forgotten, so that the books of a shop grow with its backlog and not with its years."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backorder import clock
from backorder.db import counts, inbox, vitals
from backorder.db.engine import Connection
from backorder.db.inbox import Verdict
from backorder.reconcile import tidy
from tests.books.cast import counted, delivery
from tests.stories.town import Town


def with_bodies(tx: Connection) -> list[int]:
    """The webhooks whose bodies are kept."""
    return list(tx.scalars(select(inbox.inbox.c.id).where(inbox.inbox.c.body_sealed.is_not(None))))


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
