"""Proofs about what customers were told: no version is missing, none was told twice."""

from sqlalchemy import Connection, func, select

from backorder.db.order_lines import order_lines
from backorder.db.outbox import Effect, State, outbox
from backorder.db.promises import promises
from backorder.db.proofs.check import Check, judged, of_shop
from backorder.rules.evidence import Verdict
from backorder.rules.mixed import By
from backorder.rules.promises import Basis


def versions_have_no_gaps(tx: Connection, shop_id: int | None) -> Check:
    """Each line's promise versions count up from 1 without a gap."""
    asked = select(
        promises.c.line_id,
        func.count().label("n"),
        func.min(promises.c.version).label("first"),
        func.max(promises.c.version).label("last"),
    ).group_by(promises.c.shop_id, promises.c.line_id)
    rows = tx.execute(of_shop(shop_id, promises, asked)).all()
    wrong = [
        f"line {r.line_id}: {r.n} versions, the first is {r.first}, the last {r.last}"
        for r in rows
        if (r.first, r.last) != (1, r.n)
    ]
    return judged("promise versions have no gaps", rows, wrong)


def told_once(tx: Connection, shop_id: int | None) -> Check:
    """A letter that tells of a promise was sent at most once: no version stands on two delivered rows (I3)."""
    asked = (
        select(outbox.c.id, outbox.c.shop_id, outbox.c.payload)
        .where(outbox.c.effect == Effect.MAIL.value, outbox.c.state == State.DONE.value)
        .order_by(outbox.c.id)
    )
    rows = tx.execute(of_shop(shop_id, outbox, asked)).all()
    told_by: dict[tuple[int, int, int], int] = {}
    wrong = []
    for row in rows:
        for line_id, version in row.payload.get("versions", ()):
            first = told_by.setdefault((row.shop_id, line_id, version), row.id)
            if first != row.id:
                wrong.append(f"line {line_id} version {version}: told by rows {first} and {row.id}")
    return judged("no version of a promise was told twice", rows, wrong)


def what_was_told_was_a_letter(tx: Connection, shop_id: int | None) -> Check:
    """I12: a version that counts as told stands on a letter, was shown on the page, repeats what an earlier version had told, or was chosen.

    A customer chooses, on the page of their order, that it ships together by the day that stands there.

    A letter counts as told as soon as the relay took it, a moment before its row is done.
    """
    mails = select(outbox.c.shop_id, outbox.c.state, outbox.c.payload).where(outbox.c.effect == Effect.MAIL.value)
    on_letters: dict[tuple[int, int, int], str] = {}
    for row in tx.execute(of_shop(shop_id, outbox, mails)):
        for line_id, version in row.payload.get("versions", ()):
            on_letters[row.shop_id, line_id, version] = row.state
    its_line = (order_lines.c.shop_id == promises.c.shop_id) & (order_lines.c.line_id == promises.c.line_id)
    asked = (
        select(promises, order_lines.c.evidence, order_lines.c.shown_by)
        .outerjoin(order_lines, its_line)
        .order_by(promises.c.shop_id, promises.c.line_id, promises.c.version)
    )
    rows = tx.execute(of_shop(shop_id, promises, asked)).all()
    said: dict[tuple[int, int], set[object]] = {}
    wrong = []
    for row in rows:
        before = said.setdefault((row.shop_id, row.line_id), set())
        state = on_letters.get((row.shop_id, row.line_id, row.version))
        was_shown = row.version == 1 and row.basis == Basis.SHOWN.value
        was_chosen = row.basis == Basis.TOGETHER.value and row.actor == By.CUSTOMER.value
        by_a_page = was_shown or was_chosen
        if row.told_at is not None and state is None and row.told_at not in before and not by_a_page:
            wrong.append(f"line {row.line_id} version {row.version}: told, and no letter says it")
        # An order that the store has no more took its lines with it.
        if (
            was_shown
            and row.evidence is not None
            and (row.evidence, row.shown_by) != (Verdict.VALID.value, row.ship_by)
        ):
            wrong.append(f"line {row.line_id} version {row.version}: counts as shown, and its order does not prove it")
        if row.told_at is None and state == State.DONE.value:
            wrong.append(f"line {row.line_id} version {row.version}: a letter says it, and it does not count as told")
        before.add(row.told_at)
    return judged("what counts as told was told by a letter", rows, wrong)
