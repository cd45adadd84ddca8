"""A rehearsal is the real work with everything taken back, on each database."""

import pytest

from backorder.db import shops, suppliers
from tests.books.cast import ALICE, NOON


@pytest.fixture
def shop_id(db):
    with db.write() as tx:
        return shops.install(tx, ALICE, NOON).shop_id


def test_what_is_rehearsed_is_answered_and_leaves_nothing(db, shop_id):
    def work(tx):
        suppliers.add(tx, shop_id, "Glow & Sons", lead_time_days=21)
        return suppliers.every(tx, shop_id)

    assert [one.name for one in db.rehearse(work)] == ["Glow & Sons"]
    with db.read() as tx:
        assert suppliers.every(tx, shop_id) == ()


def test_an_error_in_a_rehearsal_is_the_callers(db, shop_id):
    def work(tx):
        suppliers.add(tx, shop_id, "Glow & Sons", lead_time_days=21)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        db.rehearse(work)
    with db.read() as tx:
        assert suppliers.every(tx, shop_id) == ()
