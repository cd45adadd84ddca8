"""Move: all books into another database, as they are, so that an app can grow out of its one file, or go back into one."""

from backorder.db import carrying, migrate
from backorder.db.engine import Database
from backorder.errors import Refused
from backorder.house import House

NOT_EMPTY = "Something is kept in that database already; name an empty one."


def move(house: House, into: Database) -> int:
    """Copy every row into an empty database, all of them or none; how many. Nobody may write to the old books meanwhile, or afterwards.

    What is sealed stays sealed, under the same key. Raises Refused if the database is not empty.
    """
    migrate.upgrade(into)
    with house.db.read() as tx, into.write() as to:
        if not carrying.is_bare(to):
            raise Refused("into", NOT_EMPTY)
        return sum(carrying.carry_all(tx, to).values())
