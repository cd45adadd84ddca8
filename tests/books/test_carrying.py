"""What is derived, carried and left: every table of the books is one of the three, and what is carried is carried whole."""

import json

import pytest
from sqlalchemy import select, text

from backorder.db import carrying, migrate, orders, suppliers
from backorder.db.books import metadata
from backorder.db.engine import Database
from backorder.errors import Refused
from backorder.house import build
from backorder.move import move
from tests.books.cast import ALICE, BOB, FIRST, LAMP_VARIANT
from tests.books.neighbours import move_in
from tests.webhooks.cast import settings as settings_of


def test_every_table_is_derived_carried_or_left():
    carried = {table.name for table in carrying.CARRIED}
    kinds = (carried, carrying.DERIVED, carrying.LEFT)
    assert set().union(*kinds) == {table.name for table in metadata.sorted_tables}, (
        "a new table must be one of the three"
    )
    assert sum(map(len, kinds)) == len(metadata.sorted_tables)


def test_what_is_carried_arrives_whole_and_for_one_shop_only(tx, tmp_path):
    """Goods come emptied of all that the store tells, letters without their words."""
    alice, _ = move_in(tx, ALICE, 2), move_in(tx, BOB, 3)
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate.upgrade(other)
    with other.write() as to:
        assert carrying.is_empty(to)
        carrying.carry(tx, to, alice.shop_id)
        assert carrying.carry_inbox(tx, to, ALICE) == 1
        assert not carrying.is_empty(to)
        for table in carrying.CARRIED:
            owner = table.c.id if table.name == "shops" else table.c.shop_id
            there = len(to.execute(select(owner)).all())
            assert there == len(tx.execute(select(owner).where(owner == alice.shop_id)).all()), table.name
        assert to.execute(
            text("SELECT title, managed FROM variants WHERE variant_id = :v"), {"v": LAMP_VARIANT}
        ).one() == ("", 1)
        for payload in to.scalars(text("SELECT payload FROM outbox WHERE effect = 'mail'")):
            assert set(json.loads(payload)) == {"versions"}
        assert to.execute(select(orders.orders)).all() == [], "what is derived is not carried"
        assert FIRST in {row.subject for row in to.execute(text("SELECT subject FROM outbox"))}
    other.close()


@pytest.mark.postgres
def test_all_books_move_from_a_file_to_a_server_and_back_as_they_are(sqlite_url, fresh_postgresql_url, tmp_path):
    file, server = (settings_of(sqlite_url), settings_of(fresh_postgresql_url))
    home, shared = build(file), build(server)
    with home.db.write() as tx:
        alice, _ = move_in(tx, ALICE, 2), move_in(tx, BOB, 3)
    before = everything(home.db)
    assert len([name for name, rows in before.items() if rows]) > 30, "the household lives in its books"
    assert move(home, shared.db) == sum(map(len, before.values()))
    assert everything(shared.db) == before
    with shared.db.write() as tx:  # numbers go on where they were
        suppliers.add(tx, alice.shop_id, "Newcomer", lead_time_days=3)
    back = build(settings_of(f"sqlite:///{tmp_path}/back.db"))
    move(shared, back.db)
    assert everything(back.db) == everything(shared.db) != before
    with pytest.raises(Refused, match="kept in that database already"):
        move(shared, back.db)
    for house in (home, shared, back):
        house.http.close()
        house.db.close()


def everything(db):
    """Every row of every book, by table."""
    with db.read() as tx:
        return {t.name: sorted(map(repr, tx.execute(select(t)).all())) for t in metadata.sorted_tables}
