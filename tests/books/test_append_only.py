"""The ledgers are append-only: no code of ours rewrites what was given and promised, only a shop's leaving ends it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import backorder

BOOKS = Path(backorder.__file__).parent
# A version is written once; that it was told is entered into it later, once (promises.tell). In books that are made anew, what was worked out
# before everything was read is forgotten (carrying.forget_new_promises). Counts are forgotten by age (counts.drop).
ALLOWED = {"allocation_ledger": 0, "counts": 1, "promises": 2}


def rewritings(ledger: str, source: str) -> Iterator[str]:
    """Statements that would change or delete rows of a ledger."""
    by_function = rf"\b(?:update|delete|upsert)\((?:tx, )?(?:\w+\.)?{ledger}\b"
    by_method = rf"\b{ledger}\.(?:update|delete)\("
    yield from re.findall(f"{by_function}|{by_method}", source)


@pytest.mark.parametrize("ledger", ALLOWED)
def test_no_code_rewrites_a_ledger(ledger):
    found = [hit for file in sorted(BOOKS.rglob("*.py")) for hit in rewritings(ledger, file.read_text())]
    assert len(found) == ALLOWED[ledger], found


@pytest.mark.parametrize(
    "line",
    [
        "tx.execute(update(allocation_ledger).values(units=0))",
        "tx.execute(delete(lots.allocation_ledger))",
        "allocation_ledger.delete().where(True)",
        "upsert(tx, allocation_ledger, rows)",
    ],
)
def test_a_rewriting_would_be_seen(line):
    assert list(rewritings("allocation_ledger", line))
