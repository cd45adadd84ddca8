"""What a person types into a search field, looked for in columns."""

from typing import Any

from sqlalchemy import ColumnElement, func, or_


def says(search: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether any of these columns has the text somewhere in it, in capitals or not; no character of it means another."""
    like = "%" + search.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return or_(*(func.lower(column).like(like, escape="\\") for column in columns))
