"""What is derived, carried and left: every table of the books is one of the three, and what is carried is carried whole."""

import json

from sqlalchemy import select, text

from backorder.db import carrying, migrate, orders
from backorder.db.books import metadata
from backorder.db.engine import Database
from tests.books.cast import ALICE, BOB, FIRST, LAMP_VARIANT
from tests.books.neighbours import move_in


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
