"""What is done to true books, and what the check that watches it says of them."""

from collections.abc import Callable

from sqlalchemy import text

from backorder.db.engine import Connection
from tests.books.cast import ALICE, FIRST

SENT_BY_SUPPLIERS = "what suppliers send takes nothing of a shelf"
ASKED_BACK = "what is ours in a shop that the app has left is asked back"


def sql(*statements: str) -> Callable[[Connection], None]:
    def breaking(tx: Connection) -> None:
        for statement in statements:
            tx.execute(text(statement))

    return breaking


def without_checks(statement: str) -> Callable[[Connection], None]:
    """What a damaged database may hold although a CHECK forbids it."""

    def breaking(tx: Connection) -> None:
        if tx.dialect.name == "sqlite":
            tx.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        else:
            tx.execute(text("ALTER TABLE lots DROP CONSTRAINT ck_lots_never_over_allocated"))
        tx.execute(text(statement))

    return breaking


BREAKAGES = {
    "every lot's allocated units are the sum of its allocations": (
        sql("UPDATE lots SET allocated = 2"),
        "lot 1: 2 on the lot, 3 in its rows",
    ),
    "no lot gives more than it holds and is recorded short of": (
        without_checks("UPDATE lots SET units = 1"),
        "lot 1: 3 of 1 + 0 short",
    ),
    "no claim holds more than it asks for": (
        sql(
            "UPDATE claims SET units = 1, exposed = 0 WHERE line_id = 61",
            "UPDATE claim_ledger SET units = 1 WHERE line_id = 61",
        ),
        "line 61: given 2, claims 1",
    ),
    "the allocation ledger adds up to the allocations": (
        sql("UPDATE allocation_ledger SET units = 1 WHERE line_id = 61"),
        "line 61: the ledger says 1 (2 kept), the books 2 (2 kept)",
    ),
    "no unit stays on a shelf while somebody waits for it": (
        sql("UPDATE lots SET units = 4"),
        "lot 1: 1 free while 1 units wait",
    ),
    "promise versions have no gaps": (
        sql("UPDATE promises SET version = 5 WHERE version = 2"),
        "line 62: 2 versions, the first is 1, the last 5",
    ),
    "receipts add up": (
        sql("UPDATE purchase_order_lines SET received = 5"),
        "purchase order line 1: received 5 (0 damaged), receipts 2 (0)",
    ),
    "no version of a promise was told twice": (
        sql("UPDATE outbox SET payload = '{\"versions\": [[62, 1]]}'"),
        "line 62 version 1: told by rows 1 and 2",
    ),
    "what counts as told was told by a letter": (
        sql("UPDATE outbox SET payload = '{}' WHERE id = 1"),
        "line 62 version 1: told, and no letter says it",
    ),
    "nothing may be shipped that was not given, or a hold is on its way": (
        sql("UPDATE claims SET exposed = 2 WHERE line_id = 62"),
        "line 62: 2 may be shipped, 1 were given",
    ),
    "nobody is given a unit past somebody older who is short": (
        sql(
            "UPDATE allocations SET units = 1, kept = 0 WHERE line_id = 61",
            "UPDATE allocations SET units = 2 WHERE line_id = 62",
        ),
        "line 62: given 2 while line 61, older, is short",
    ),
    "how each queue stands is what its claims add up to": (
        sql("UPDATE standings SET claims = claims + 1, units = units + 2"),
        "item 11 at 41: 1 claims and 2 units more are said to wait than do",
    ),
    "the ledger of claims adds up to the queue": (
        sql("DELETE FROM claim_ledger WHERE line_id = 62"),
        "line 62: the ledger says 0 open, the queue 2",
    ),
    "what is set aside serves nobody": (
        sql("UPDATE levels SET aside = 1, aside_since = '2026-11-23 12:00:00.000000+00'"),
        "lot 1: 3 are offered of 3 that can ship, of which 1 are aside",
    ),
    "orders leave as was said last": (
        sql("UPDATE orders SET way = 'split' WHERE order_id = 52"),
        "order #52: it leaves split, and last together was said",
    ),
    "what ships together waits together": (
        sql("UPDATE claims SET exposed = 1 WHERE line_id = 62"),
        "order #52: 1 may be shipped while 1 wait, and it leaves as a whole",
    ),
    "what was done by hand has its act": (
        sql("DELETE FROM queue_acts"),
        "line 61: it stands before its turn, and no act says who moved it",
    ),
    "a fulfillment order carries one hold of ours at most": (
        sql(
            """UPDATE fulfillment_orders SET holds = '[[81, "a", "OTHER", true], [82, "b", "OTHER", true]]'
            WHERE order_id = 52"""
        ),
        "fulfillment order 123: 2 holds of ours",
    ),
    "lanes keep their order": (
        sql(
            "UPDATE outbox SET effect = 'hold', step = 0, state = 'due', done_at = NULL WHERE id = 1",
            "UPDATE outbox SET done_at = '2026-11-23 12:30:00.000000+00' WHERE id = 2",
        ),
        "outbox row 2 (order/52) was done before row 1, an earlier step",
    ),
    "every row has its shop": (
        sql("UPDATE contacts SET shop_id = 77"),
        "contacts: 1 of shop 77, which is not there",
    ),
    "no row points to what its shop does not have": (
        sql("UPDATE receipts SET purchase_order_line_id = 404"),
        "receipts: shop 1 means purchase_order_line_id 404, which it does not have",
    ),
    "a shop that left has no tokens and no open rows": (
        sql("UPDATE shops SET uninstalled_at = installed_at"),
        f"{ALICE} left, and its tokens are still here",
    ),
    "what must be sealed is sealed": (
        sql("UPDATE contacts SET email_sealed = 'carol@example.com'"),
        "contacts.email_sealed: 1 values are not sealed",
    ),
    "what was accepted is understood in time": (
        sql("UPDATE inbox SET verdict = 'parked', error = 'Nobody could read it.'"),
        "webhook 1 (orders/create) is set aside: Nobody could read it.",
    ),
    "what is dirty is looked at in time": (
        sql("UPDATE dirty SET since = '2026-11-23 09:00:00.000000+00', error = 'The store was away.'"),
        "item 12 of shop 1 waits since 2026-11-23 09:00:00 UTC: The store was away.",
    ),
}
MORE_BREAKAGES = {
    "an allocation of a lot that is not there": (
        sql("UPDATE allocations SET lot_id = 404 WHERE line_id = 62", "UPDATE lots SET allocated = 2"),
        "every lot's allocated units are the sum of its allocations",
        "lot 404: there is none, 1 in its rows",
    ),
    "an allocation of a claim that is gone": (
        sql("DELETE FROM claims WHERE line_id = 61"),
        "no claim holds more than it asks for",
        "line 61: given 2, claims 0",
    ),
    "an allocation that the ledger never heard of": (
        sql("DELETE FROM allocation_ledger WHERE line_id = 62"),
        "the allocation ledger adds up to the allocations",
        "line 62: the ledger says 0 (0 kept), the books 1 (0 kept)",
    ),
    "a ledger whose allocation is gone": (
        sql("DELETE FROM allocations WHERE line_id = 62", "UPDATE lots SET allocated = 2, units = 2"),
        "the allocation ledger adds up to the allocations",
        "line 62: the ledger says 1 (0 kept), the books 0 (0 kept)",
    ),
    "a keep that the ledger never heard of": (
        sql("UPDATE allocations SET kept = 1 WHERE line_id = 62"),
        "the allocation ledger adds up to the allocations",
        "line 62: the ledger says 1 (0 kept), the books 1 (1 kept)",
    ),
    "a letter that left and does not count as told": (
        sql("UPDATE promises SET told_at = NULL WHERE version = 2"),
        "what counts as told was told by a letter",
        "line 62 version 2: a letter says it, and it does not count as told",
    ),
    "a day that no page is proved to have shown": (
        sql("UPDATE promises SET basis = 'shown' WHERE version = 1", "UPDATE order_lines SET evidence = 'forged'"),
        "what counts as told was told by a letter",
        "line 62 version 1: counts as shown, and its order does not prove it",
    ),
    "a key in an error": (
        sql("UPDATE outbox SET error = 'refused: shpat_0123456789' WHERE id = 2"),
        "what must be sealed is sealed",
        "outbox.error: 1 texts hold a key",
    ),
    "an order link in clear": (
        sql("UPDATE orders SET status_url = 'https://lamplight.example/orders/1' WHERE order_id = 51"),
        "what must be sealed is sealed",
        "orders.status_url: 1 values are not sealed",
    ),
    "a body in clear": (
        sql("UPDATE inbox SET body_sealed = 'a body'"),
        "what must be sealed is sealed",
        "inbox.body_sealed: 1 values are not sealed",
    ),
    "a hold that nobody asks back of a shop that the app has left": (
        sql("UPDATE shops SET left_at = installed_at", "DELETE FROM outbox WHERE effect <> 'mail'"),
        ASKED_BACK,
        f"{ALICE}: order {FIRST} is under a hold of ours, and nobody asks for it back",
    ),
    "a lamp of the shelf for what a supplier sends": (
        sql("UPDATE claims SET drop_shipped = TRUE WHERE line_id = 61"),
        SENT_BY_SUPPLIERS,
        "line 61: a supplier sends it, and it is given 2",
    ),
    "a row still open of a shop that left": (
        sql("UPDATE shops SET uninstalled_at = installed_at", "UPDATE outbox SET state = 'due'"),
        "a shop that left has no tokens and no open rows",
        f"{ALICE} left, and 2 outbox rows are still open",
    ),
    "a claim whose order is not there": (
        sql("DELETE FROM orders WHERE order_id = 52"),
        "no row points to what its shop does not have",
        "claims: shop 1 means order_id 52, which it does not have",
    ),
    "a gift that nobody owns up to": (
        sql("UPDATE allocation_ledger SET cause = 'given by hand', at = '2026-11-23 13:00:00.000000+00'"),
        "what was done by hand has its act",
        "line 61: given by hand, and no act says who did it",
    ),
    "a question to a customer that was answered": (
        sql("UPDATE order_ways SET open = '2026-11-23 12:00:00.000000+00'"),
        "orders leave as was said last",
        "order #52: its customer is still asked, though together was said",
    ),
    "units aside since nobody knows when": (
        sql("UPDATE levels SET aside = 1"),
        "what is set aside serves nobody",
        "item 11: 1 units are aside, and nobody knows since when",
    ),
    "a difference of a comparison that is not there": (
        sql("UPDATE differences SET reconciliation_id = 404"),
        "no row points to what its shop does not have",
        "differences: shop 1 means reconciliation_id 404, which it does not have",
    ),
    "a first version that is missing": (
        sql("DELETE FROM promises WHERE version = 1"),
        "promise versions have no gaps",
        "line 62: 1 versions, the first is 2, the last 2",
    ),
}
