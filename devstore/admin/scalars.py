"""Custom scalars that take only what the platform takes, and write it as the platform writes it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from graphql import GraphQLScalarType, GraphQLSchema

Coerce = Callable[[Any], Any]


def make_strict(schema: GraphQLSchema) -> None:
    """Give every custom scalar of the schema its own reading and writing."""
    for name, (read, write) in SCALARS.items():
        scalar = schema.type_map[name]
        if not isinstance(scalar, GraphQLScalarType):
            raise TypeError(f"{name} is no scalar in this schema")
        scalar.coerce_input_value = read
        scalar.coerce_output_value = write


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is written as a string, not {value!r}")
    return value


def read_moment(value: Any) -> datetime:
    """An ISO 8601 moment; without an offset it is UTC."""
    moment = datetime.fromisoformat(_text(value, "DateTime"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def write_moment(value: Any) -> str:
    """Whole seconds, UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"not an aware moment: {value!r}")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_day(value: Any) -> date:
    """A calendar day."""
    return date.fromisoformat(_text(value, "Date"))


def read_decimal(value: Any) -> Decimal:
    """A decimal number, as text or as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"not a decimal number: {value!r}")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a decimal number: {value!r}") from error
    if not number.is_finite():
        raise ValueError(f"not a decimal number: {value!r}")
    return number


def write_money(value: Any) -> str:
    """Two places, as text."""
    return str(Decimal(value).quantize(Decimal("0.01")))


def read_url(value: Any) -> str:
    """An absolute http(s) address."""
    text = _text(value, "URL")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"not an absolute URL: {text!r}")
    return text


def read_unsigned(value: Any) -> int:
    """A whole number that is not negative, written as text."""
    text = _text(value, "UnsignedInt64")
    if not text.isdigit():
        raise ValueError(f"not an unsigned number: {text!r}")
    return int(text)


def read_big(value: Any) -> int:
    """A whole number written as text."""
    return int(_text(value, "BigInt"))


def read_json(value: Any) -> Any:
    """Anything JSON can say."""
    json.dumps(value)
    return value


def _as_text(what: str) -> Coerce:
    return lambda value: _text(value, what)


SCALARS: Mapping[str, tuple[Coerce, Coerce]] = {
    "ARN": (_as_text("ARN"), str),
    "BigInt": (read_big, str),
    "Color": (_as_text("Color"), str),
    "Date": (read_day, str),
    "DateTime": (read_moment, write_moment),
    "Decimal": (read_decimal, str),
    "FormattedString": (_as_text("FormattedString"), str),
    "HTML": (_as_text("HTML"), str),
    "JSON": (read_json, read_json),
    "Money": (read_decimal, write_money),
    "StorefrontID": (_as_text("StorefrontID"), str),
    "URL": (read_url, read_url),
    "UnsignedInt64": (read_unsigned, str),
    "UtcOffset": (_as_text("UtcOffset"), str),
}
