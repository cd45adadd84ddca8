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
    which an import can back-date. Once ``known`` it stands.
    """
    if known is not None:
        return known
    if rule == "any":
        return order.created_at
    statuses, kinds = (_PAID, _MONEY_TAKEN) if rule == "paid" else (_SECURED, _MONEY_SECURED)
    if order.financial_status not in statuses:
        return None
    # An order that costs nothing has no transaction: it was paid when it was made.
    return _last(order.transactions, kinds) or order.created_at


def _last(transactions: Iterable[TransactionSeen], kinds: set[str]) -> datetime | None:
    """The transaction that completed the payment. Several sales mean several instalments: the rule is met by the last."""
    times = [
        transaction.processed_at
        for transaction in transactions
        if transaction.kind in kinds and transaction.status == "SUCCESS" and transaction.processed_at
    ]
    return max(times, default=None)
