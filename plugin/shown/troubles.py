"""Effects that did not happen, or may have happened, as shown to the person who decides."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from backorder.db import catalogue, orders, outbox, supplier_letters, troubles
from backorder.db.outbox import Effect, State
from backorder.db.shops import Shop
from backorder.house import House
from plugin.shown.model import Shown

_DEEDS = {
    Effect.MOVE: "Move what lies elsewhere for {about}",
    Effect.HOLD: "Hold what waits of {about}",
    Effect.RELEASE: "Release what arrived for {about}",
    Effect.FULFIL: "Say that a supplier shipped {about}",
    Effect.ANNOTATE: "Write the ship date on {about}",
    Effect.OFFER: "Show the offer of {about}",
    Effect.MAIL: "Mail the customer of {about}",
}


class TroubleShown(Shown):
    """A row that stopped. ``state``: *parked* failed for good; *unknown* may have happened and is not repeated by itself."""

    outbox_id: int
    state: str
    effect: str
    what: str
    order_id: int | None
    error: str | None
    attempts: int
    since: datetime


class Troubles(Shown):
    """Rows that stopped, newest first."""

    troubled: tuple[TroubleShown, ...]


def of_shop(house: House, shop: Shop) -> Troubles:
    """What stopped in a shop."""
    with house.db.read() as tx:
        rows = troubles.newest(tx, shop.shop_id)
        names = {
            f"order/{order_id}": f"order {order.name}"
            for order_id, order in orders.many(tx, shop.shop_id, _ids(rows, "order")).items()
        }
        for product_id in sorted(_ids(rows, "product")):
            variants = catalogue.variants_of_product(tx, shop.shop_id, product_id)
            names |= {f"product/{product_id}": variant.product_title for variant in variants[:1]}
        for letter_id in sorted(_ids(rows, "supplier")):
            letter = supplier_letters.one(tx, shop.shop_id, letter_id)
            names |= {outbox.supplier_lane(letter_id): f"{letter.supplier} (letter {letter_id})"} if letter else {}
    return Troubles(troubled=tuple(_shown(row, names) for row in rows))


def _ids(rows: Iterable[Any], kind: str) -> set[int]:
    split = (row.lane.split("/", 1) for row in rows)
    return {int(tail) for head, tail in split if head == kind}


def _shown(row: Any, names: Mapping[str, str]) -> TroubleShown:
    kind, _, number = row.lane.partition("/")
    about = names.get(row.lane, "something that is gone")
    return TroubleShown(
        outbox_id=row.id,
        state=State(row.state).value,
        effect=row.effect,
        what=("Mail {about}" if kind == "supplier" else _DEEDS[Effect(row.effect)]).format(about=about),
        order_id=int(number) if kind == "order" else None,
        error=row.error,
        attempts=row.attempts,
        since=row.created_at,
    )
