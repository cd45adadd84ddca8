"""The invariants as questions to the books. Each proof reads, counts what it looked at, and names what breaks it."""

from backorder.db.proofs.check import Check, Proof
from backorder.db.proofs.ledger import the_ledger_is_the_state
from backorder.db.proofs.receipts import receipts_add_up
from backorder.db.proofs.shelves import (
    lots_add_up,
    never_more_than_there_is,
    nobody_gets_more_than_they_claim,
    nothing_is_left_while_somebody_waits,
)
from backorder.db.proofs.told import told_once, versions_have_no_gaps

PROOFS: tuple[Proof, ...] = (
    lots_add_up,
    never_more_than_there_is,
    nobody_gets_more_than_they_claim,
    the_ledger_is_the_state,
    nothing_is_left_while_somebody_waits,
    versions_have_no_gaps,
    receipts_add_up,
    told_once,
)

__all__ = ["PROOFS", "Check"]
