"""The invariants as questions to the books. Each proof reads, counts what it looked at, and names what breaks it."""

from backorder.db.proofs.aside import what_is_aside_serves_nobody
from backorder.db.proofs.by_hand import (
    orders_leave_as_was_said,
    what_ships_together_waits_together,
    what_was_done_by_hand_has_its_act,
)
from backorder.db.proofs.check import Check, Proof, ProofInTime
from backorder.db.proofs.leaving import what_is_ours_is_asked_back
from backorder.db.proofs.ledger import standings_add_up, the_claim_ledger_is_the_queue, the_ledger_is_the_state
from backorder.db.proofs.movement import (
    lanes_keep_their_order,
    one_hold_of_ours,
    what_is_dirty_is_looked_at,
    what_was_accepted_is_understood,
)
from backorder.db.proofs.owners import every_row_has_its_shop, nothing_points_to_a_neighbour, who_left_is_left_alone
from backorder.db.proofs.receipts import receipts_add_up
from backorder.db.proofs.seals import sealed_values_are_sealed
from backorder.db.proofs.shelves import (
    lots_add_up,
    never_more_than_there_is,
    nobody_gets_more_than_they_claim,
    nothing_is_given_to_what_suppliers_send,
    nothing_is_left_while_somebody_waits,
)
from backorder.db.proofs.told import told_once, versions_have_no_gaps, what_was_told_was_a_letter
from backorder.db.proofs.turns import (
    nobody_is_overtaken,
    nobody_is_passed_over_for_ever,
    nothing_is_open_that_was_not_given,
)

PROOFS: tuple[Proof, ...] = (
    lots_add_up,
    never_more_than_there_is,
    nobody_gets_more_than_they_claim,
    nothing_is_open_that_was_not_given,
    nobody_is_overtaken,
    nobody_is_passed_over_for_ever,
    nothing_is_left_while_somebody_waits,
    nothing_is_given_to_what_suppliers_send,
    the_ledger_is_the_state,
    the_claim_ledger_is_the_queue,
    standings_add_up,
    versions_have_no_gaps,
    told_once,
    what_was_told_was_a_letter,
    receipts_add_up,
    what_is_aside_serves_nobody,
    orders_leave_as_was_said,
    what_ships_together_waits_together,
    what_was_done_by_hand_has_its_act,
    one_hold_of_ours,
    lanes_keep_their_order,
    every_row_has_its_shop,
    nothing_points_to_a_neighbour,
    who_left_is_left_alone,
    what_is_ours_is_asked_back,
    sealed_values_are_sealed,
)
PROOFS_IN_TIME: tuple[ProofInTime, ...] = (what_was_accepted_is_understood, what_is_dirty_is_looked_at)

__all__ = ["PROOFS", "PROOFS_IN_TIME", "Check"]
