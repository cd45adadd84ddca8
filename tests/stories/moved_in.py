"""A shop into which the app has moved: done once in a process, and copied by every story that begins there as it did.

To install takes a tenth of what a story takes, and comes to the same each time. A copy is made only where all is as it was
when the app moved in the first time: the same store, untouched books on SQLite, the same settings and time, and nothing of
the product replaced by the test. Everybody else installs by hand, as some stories about installing do.
"""

import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url

from backorder import failpoint

if TYPE_CHECKING:
    from tests.stories.town import Town

# What installing changes in a shop of the store. Were it more, things would be there twice: in the copy, and as they were.
CHANGED = {"installed", "granted", "definitions", "tokens", "journal", "last_id"}
# Settings that are another's in every town and say nothing of what is in the books.
OF_THE_PLACE = {"database_url", "smtp_url", "clock_file"}


@dataclass(frozen=True)
class Kept:
    """What there is after installing: the books, the changed parts of the store and the world around it, the time."""

    books: bytes
    store: bytes
    shop_id: int


# By how it began: installed once in a process.
_installed: dict[bytes, Kept] = {}


class MovedIn:
    """Copies of an installed shop, for one town. ``replaced`` says how much of the product the test has replaced."""

    def __init__(self, replaced: Callable[[], int]) -> None:
        self._replaced = replaced
        self._at_first = replaced()

    def install(self, town: "Town", by_hand: Callable[[], None]) -> None:
        """Install by copying, or by hand where nobody has begun like this before."""
        began = self._beginning(town)
        if began is not None and (kept := _installed.get(began)) is not None:
            self._copy(kept, town)
            return
        before = _parts(town.store)
        by_hand()
        if began is None:
            return
        after = _parts(town.store)
        changed = {name for name in after if after[name] != before[name]}
        if changed <= CHANGED and _quiet(town):
            mine = {name: vars(town.store)[name] for name in changed}
            store = pickle.dumps((mine, _world(town), town.time.time))
            _installed[began] = Kept(_written(town), store, town.shop_id)

    def _beginning(self, town: "Town") -> bytes | None:
        """Everything that could make one installation other than the next; None where too much could."""
        house, world = town.house, town.world
        alone = list(world.shops.values()) == [town.store] and town.shop_id == 0
        as_built = self._replaced() == self._at_first and failpoint._armed is None and town.post is list
        if not (alone and as_built and _quiet(town) and house.db.is_sqlite and house.db._bare is None):
            return None
        with closing(sqlite3.connect(_file(town))) as books:
            if books.execute("SELECT 1 FROM shops").fetchone():
                return None
        settings = house.settings.model_dump(exclude=OF_THE_PLACE)
        return pickle.dumps((_parts(town.store), _world(town), town.time.time, world.clock.offset, repr(settings)))

    def _copy(self, kept: Kept, town: "Town") -> None:
        with closing(sqlite3.connect(":memory:")) as source, closing(sqlite3.connect(_file(town))) as books:
            source.deserialize(kept.books)
            source.backup(books)
        # A new copy for each town.
        mine, world, moment = pickle.loads(kept.store)  # noqa: S301 - what this process has written itself, a moment ago
        vars(town.store).update(mine)
        for name, (holder, _) in _places(town).items():
            vars(holder)[name.split()[-1]] = world[name]
        town.world.post._shops = dict.fromkeys(world["known"], town.store)
        town.time.time, town.shop_id = moment, kept.shop_id


def _file(town: "Town") -> str:
    return make_url(town.house.settings.database_url).database or ""


def _written(town: "Town") -> bytes:
    with closing(sqlite3.connect(_file(town))) as books:
        found = bytearray(books.serialize())
    found[18:20] = b"\x01\x01"  # in memory there is no write-ahead log to look for
    return bytes(found)


def _parts(store: Any) -> dict[str, bytes]:
    return {name: pickle.dumps(value) for name, value in vars(store).items()}


def _quiet(town: "Town") -> bool:
    """Whether nothing is on its way: no work of the store's own, no post, no letter, no answer that would be remembered."""
    world = town.world
    under_way = world.background.busy or world.post.made or world.remembered._answers
    return not (under_way or town.mailbox.messages)


def _places(town: "Town") -> dict[str, tuple[Any, Any]]:
    """What of the world around the shop an installation leaves traces in."""
    world = town.world
    found = {
        f"world {name}": (world, vars(world)[name])
        for name in ("knocks", "misses", "deprecations", "api_faults", "slow", "routing_delay")
    }
    throttle = world.throttle
    return found | {
        f"throttle {name}": (throttle, vars(throttle)[name])
        for name in ("_buckets", "_empty_until", "maximum", "restore_rate")
    }


def _world(town: "Town") -> dict[str, Any]:
    faults = vars(town.world.post.faults)
    return {name: value for name, (_, value) in _places(town).items()} | {
        "faults": {name: value for name, value in faults.items() if name != "_dice"},
        "known": list(town.world.post._shops),
    }
