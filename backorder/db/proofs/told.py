"""Proofs about what customers were told: no version is missing, none was told twice."""

from sqlalchemy import Connection, func, select

from backorder.db.outbox import Effect, State, outbox
from backorder.db.promises import promises
from backorder.db.proofs.check import Check, judged, of_shop


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
