"""The book of last choices: what the merchant changed of variants, or of the rules for them, the last time, so that it can be undone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, delete, select

from backorder.db.catalogue import Variant
from backorder.db.columns import Instant, StoreId, Words, metadata
from backorder.db.upsert import upsert

last_choices = Table(
    "last_choices",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("made_at", Instant, nullable=False),
    Column("actor", Words(128), nullable=False),
    # By variant: the values of the columns that were changed.
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    # Of a change of rules: the rules as they were and as they are.
    Column("rules", JSON(none_as_null=True)),
)

Values = Mapping[str, Any]


@dataclass(frozen=True)
class LastChoice:
    """Who changed what of which variants and when; ``before`` and ``after`` are the changed values, by variant.

    ``rules``: it was the rules that changed, from the first to the second, as the terms have them in JSON.
    """

    made_at: datetime
    actor: str
    before: Mapping[int, Values]
    after: Mapping[int, Values]
    rules: tuple[Sequence[Values], Sequence[Values]] | None = None


def of(variant: Variant, names: Iterable[str]) -> dict[str, Any]:
    """The values of these columns of a variant, as they are kept here."""
    found = {name: getattr(variant, name) for name in names}
    return {name: _kept(value) for name, value in found.items()}


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def keep(tx: Connection, shop_id: int, choice: LastChoice) -> None:
    """Keep a choice in place of the one before it."""
    row = {"shop_id": shop_id, "made_at": choice.made_at, "actor": choice.actor}
    row |= {"rules": [[dict(rule) for rule in some] for some in choice.rules] if choice.rules else None}
    both = {"before": choice.before, "after": choice.after}
    upsert(tx, last_choices, {**row, **{name: {str(k): dict(v) for k, v in of.items()} for name, of in both.items()}})


def get(tx: Connection, shop_id: int) -> LastChoice | None:
    """The last choice, unless it was undone."""
    row = tx.execute(select(last_choices).where(last_choices.c.shop_id == shop_id)).one_or_none()
    if row is None:
        return None
    before, after = ({int(k): v for k, v in of.items()} for of in (row.before, row.after))
    return LastChoice(row.made_at, row.actor, before, after, (row.rules[0], row.rules[1]) if row.rules else None)


def forget(tx: Connection, shop_id: int) -> None:
    """There is nothing to undo any more."""
    tx.execute(delete(last_choices).where(last_choices.c.shop_id == shop_id))
