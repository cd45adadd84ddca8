"""Tenancy in the shape of the tables: the shop is the first column of the keys by which a table is asked (design §4)."""

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, UniqueConstraint

from backorder.db.books import BOOKS, metadata

# Tables that are asked otherwise, and why.
EXCEPTIONS = {
    "shops": "the table that gives shops their number; its own key is the domain",
    "inbox": "kept before it is known whose it is: the shop's domain stands first in its unique key",
}


def keys(table: Table) -> list[list[str]]:
    """Primary key, unique keys and indexes of a table, as lists of column names."""
    unique = [list(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]
    return [list(table.primary_key.columns.keys()), *unique, *(list(index.columns.keys()) for index in table.indexes)]


def begins_with_the_shop(table: Table) -> bool:
    return any(key and key[0] == "shop_id" for key in keys(table))


@pytest.mark.parametrize("table", [t for t in metadata.sorted_tables if t.name not in EXCEPTIONS], ids=str)
def test_the_shop_stands_first_in_a_key_of_every_table(table):
    assert begins_with_the_shop(table), keys(table)
    assert not table.c.shop_id.nullable


@pytest.mark.parametrize("table", [t for t in metadata.sorted_tables if t.name not in EXCEPTIONS], ids=str)
def test_a_key_of_the_stores_numbers_is_a_shops_own(table):
    """Numbers that a store gave may come from two stores, so no unique key holds them without their shop."""
    for constraint in (table.primary_key, *(c for c in table.constraints if isinstance(c, UniqueConstraint))):
        columns = list(constraint.columns.keys())
        assert columns == ["id"] or columns[0] == "shop_id"


def test_the_exceptions_are_what_their_reasons_say():
    assert keys(metadata.tables["shops"]) == [["id"], ["domain"]]
    assert ["shop_domain", "topic", "event_key", "body_sha256"] in keys(metadata.tables["inbox"])
    assert set(EXCEPTIONS) <= set(metadata.tables)


def test_a_table_without_its_shop_would_be_seen():
    loose = Table("loose", MetaData(), Column("id", Integer, primary_key=True), Column("shop_id", BigInteger))
    assert not begins_with_the_shop(loose)


def test_every_table_belongs_to_a_book():
    of_books = {value.name for book in BOOKS for value in vars(book).values() if isinstance(value, Table)}
    assert of_books == set(metadata.tables)


def test_units_and_store_numbers_have_room():
    """The store's numbers pass 32 bits; a column for one that does not would fail in PostgreSQL only, and only in life."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith("_id") and column.name != "webhook_id":
                assert isinstance(column.type, BigInteger), f"{table.name}.{column.name}"
