"""When an order may be served: the shop's payment rule, and the moment it was first met (domain §3)."""

from collections.abc import Iterable
from datetime import datetime

from backorder.rules.seen import OrderSeen, TransactionSeen

_MONEY_TAKEN = {"SALE", "CAPTURE"}
_MONEY_SECURED = _MONEY_TAKEN | {"AUTHORIZATION"}
_PAID = {"PAID", "PARTIALLY_REFUNDED", "REFUNDED"}
_SECURED = _PAID | {"AUTHORIZED", "PARTIALLY_PAID"}


def ready_since(order: OrderSeen, rule: str, known: datetime | None = None) -> datetime | None:
    """The moment the payment rule was first met, by the store's time; None while it is not.

    That is the time of the transaction that met it, never a webhook's arrival, and never the order's own ``processedAt``,
    which an import can back-date. Several sales are instalments: *paid* is met by the last. *Authorized* is met by the
    first money that was secured, so a later capture is no later turn. Once ``known`` it stands.
    """
    if known is not None:
        return known
    if rule == "any":
        return order.created_at
    if order.financial_status not in (_PAID if rule == "paid" else _SECURED):
        return None
    # An order that costs nothing has no transaction: it was paid when it was made.
    if rule == "paid":
        return max(_times(order.transactions, _MONEY_TAKEN), default=order.created_at)
    return min(_times(order.transactions, _MONEY_SECURED), default=order.created_at)


def _times(transactions: Iterable[TransactionSeen], kinds: set[str]) -> list[datetime]:
    return [
        transaction.processed_at
        for transaction in transactions
        if transaction.kind in kinds and transaction.status == "SUCCESS" and transaction.processed_at
    ]
