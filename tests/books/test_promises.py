"""The promise ledger: append-only, one version after the other, told once."""

import pytest
from sqlalchemy.exc import IntegrityError

from backorder.db import promises
from backorder.rules.promises import Basis
from tests.books.cast import DUE, FIRST, FIRST_LINE, NOON, SECOND, SECOND_LINE, promise


def test_a_promise_is_kept_whole(tx, alice):
    said = promise(confidence=0.85, told_at=NOON, previous=DUE.replace(day=1))
    promises.add(tx, alice, said)
    assert promises.latest(tx, alice, [FIRST_LINE]) == {FIRST_LINE: said}
    assert promises.of_orders(tx, alice, [FIRST]) == (said,)


def test_a_promise_without_a_date_is_kept_as_such(tx, alice):
    said = promise(ship_by=None, basis=Basis.ASAP)
    promises.add(tx, alice, said)
    assert promises.history(tx, alice, [FIRST_LINE]) == (said,)


def test_a_version_is_written_once(tx, alice):
    promises.add(tx, alice, promise())
    with pytest.raises(IntegrityError), tx.begin_nested():
        promises.add(tx, alice, promise(ship_by=DUE.replace(day=20)))
    assert promises.latest(tx, alice, [FIRST_LINE])[FIRST_LINE].ship_by == DUE


def test_history_keeps_every_version_in_order(tx, alice):
    for version in (2, 1, 3):
        promises.add(tx, alice, promise(version))
    promises.add(tx, alice, promise(1, SECOND_LINE))
    assert [(p.line_id, p.version) for p in promises.history(tx, alice, [SECOND_LINE, FIRST_LINE])] == [
        (FIRST_LINE, 1),
        (FIRST_LINE, 2),
        (FIRST_LINE, 3),
        (SECOND_LINE, 1),
    ]
    assert promises.latest(tx, alice, [FIRST_LINE])[FIRST_LINE].version == 3


def test_the_first_telling_stands(tx, alice):
    promises.add(tx, alice, promise(1))
    promises.add(tx, alice, promise(2))
    promises.tell(tx, alice, FIRST_LINE, 1, NOON)
    promises.tell(tx, alice, FIRST_LINE, 1, NOON + SECOND)
    assert [p.told_at for p in promises.history(tx, alice, [FIRST_LINE])] == [NOON, None]


def test_nothing_but_the_telling_changes_a_version(tx, alice):
    said = promise()
    promises.add(tx, alice, said)
    promises.tell(tx, alice, FIRST_LINE, 1, NOON)
    (kept,) = promises.history(tx, alice, [FIRST_LINE])
    assert {field for field in vars(said) if getattr(said, field) != getattr(kept, field)} == {"told_at"}
