"""After whatever happened, the books made anew from the store and the kept webhooks equal those that lived through it (I5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from backorder.db.engine import Database
from backorder.rebuild import Rebuilt, rebuild
from tests.proof.acts import draw
from tests.proof.run import depth, perform
from tests.proof.stage import Stage
from webhooks import topics

pytestmark = pytest.mark.long

SEEDS = range(1, 5)  # a dozen times as many were tried; the suite pays for each


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """An empty database beside the live one."""
    other = Database(f"sqlite:///{tmp_path / 'rebuilt.db'}")
    yield other
    other.close()


def rebuilt(stage: Stage, into: Database) -> Rebuilt:
    return rebuild(stage.house, stage.shop_id, into, stage.now(), topics.digest)


@pytest.mark.parametrize("seed", SEEDS)
def test_rebuilt_books_equal_the_live_ones(shared_stage: Stage, empty: Database, seed: int) -> None:
    with depth(seed):
        perform(shared_stage, seed, draw(seed))
        letters, acts = len(shared_stage.mailbox.messages), len(shared_stage.store.journal)
        done = rebuilt(shared_stage, empty)
    assert [one.first for one in done.tables if one.differing] == []
    assert {one.table: one.rows for one in done.tables}["orders"]
    assert (len(shared_stage.mailbox.messages), len(shared_stage.store.journal)) == (letters, acts), "nothing was done"
    with empty.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM tokens")).scalar_one() == 0
        assert tx.execute(text("SELECT count(*) FROM contacts")).scalar_one() == 0


def test_a_live_row_that_the_store_does_not_bear_out_is_the_first_difference(
    shared_stage: Stage, empty: Database
) -> None:
    """The negative control: books that were tampered with are found out, and the row is named."""
    perform(shared_stage, 1, draw(1))
    with shared_stage.house.db.write() as tx:
        tx.execute(text("UPDATE claims SET units = units + 1 WHERE line_id = (SELECT min(line_id) FROM claims)"))
    done = rebuilt(shared_stage, empty)
    (claims,) = (one for one in done.tables if one.table == "claims")
    assert claims.differing == 1
    assert claims.first is not None
    assert claims.first.startswith("claims ")
