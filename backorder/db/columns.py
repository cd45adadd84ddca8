"""Column types that mean the same on SQLite and PostgreSQL, and the metadata all books share."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, Text, TypeDecorator, bindparam

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only for a column declared INTEGER.
OwnId = BigInteger().with_variant(Integer, "sqlite")
StoreId = BigInteger

# The shop in statements that are made once: to build one costs more than to run it.
SHOP = bindparam("shop", type_=StoreId())

_MONEY_SCALE = Decimal(10_000)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite keeps the text of a naive one; this mends it. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: instants are aware UTC")
        aware = value.astimezone(UTC)
        return aware if dialect.name == "postgresql" else aware.replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, _kind: object) -> Callable[[Any], datetime | None]:
        """From what the driver gives; there are ten thousand in a moment, and the usual way goes through four functions for each."""
        return _from_server if dialect.name == "postgresql" else _from_text


def _from_server(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def _from_text(value: str | None) -> datetime | None:
    if value is None:
        return None
    read = datetime.fromisoformat(value)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An amount to four decimals, kept as a whole number so that sums are exact in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * _MONEY_SCALE).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / _MONEY_SCALE


class Words(TypeDecorator[str]):
    """A text that strangers wrote, cut to the column's length.

    PostgreSQL refuses what is too long, and no database takes NUL or half a surrogate pair: a name must not stop the work
    of a whole shop.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        whole = value.replace("\0", "").encode("utf-8", "replace").decode()
        return whole[: self.length]


class Sentences(Words):
    """As ``Words``, in a column without a length of its own: what a store, a relay or an error said."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        TypeDecorator.__init__(self)
        self.length = 4000
