"""The SQLite file is held, full, or copied while we run: webhooks are turned away in time, and nothing is half written."""

import resource
import sqlite3
import subprocess
import sys
import time as clock
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from backorder.db import inbox
from backorder.db.engine import Database, DatabaseBusy
from backorder.verify import verify
from tests.faults.test_postgresql_faults import signed
from tests.stories.town import Town
from tests.webhooks.cast import BODY
from webhooks import receiver, topics

pytestmark = pytest.mark.long

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
held.execute("COMMIT")
"""
# The store gives up after five seconds.
STORE_SECONDS = 5.0


def file_of(town: Town) -> Path:
    return Path(town.house.db.url.removeprefix("sqlite:///"))


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.communicate("let go\n", timeout=30)


ROOM_FOR_A_TURN = 40_000  # bytes


@contextmanager
def no_file_may_grow_beyond(size: int) -> Iterator[None]:
    """A full disk, as the kernel of this process makes it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def kept(town: Town) -> int:
    with town.house.db.read() as tx:
        return sum(inbox.counts(tx).values())


def post(town: Town, number: int) -> int:
    headers = {**signed(town), "X-Shopify-Event-Id": f"event-{number}"}
    return town.app.test_client().post("/webhooks", data=BODY, headers=headers).status_code


def test_a_webhook_is_turned_away_in_time_while_another_process_holds_the_file(town: Town, monkeypatch, capsys):
    assert receiver.PATIENCE_SECONDS < STORE_SECONDS - 1
    monkeypatch.setattr(receiver, "PATIENCE_SECONDS", 0.2)
    with held_by_another_process(file_of(town)):
        began = clock.monotonic()
        assert post(town, 1) == 503
        assert clock.monotonic() - began < 2
        with pytest.raises(DatabaseBusy, match="another process holds the database"), town.house.db.write(0.05):
            pass
    assert "another process holds the database" in capsys.readouterr().out
    assert kept(town) == 0
    assert post(town, 1) == 200
    topics.digest(town.house, town.now())
    with town.house.db.read() as tx:
        assert inbox.counts(tx) == {"ignored": 1}


def test_a_webhook_is_turned_away_while_the_disk_is_full_and_kept_when_there_is_room(town: Town, capsys):
    assert post(town, 1) == 200
    log_beside_it = file_of(town).with_name(file_of(town).name + "-wal")
    with no_file_may_grow_beyond(log_beside_it.stat().st_size):
        assert post(town, 2) == 503
        assert kept(town) == 1, "what is there can still be read"
    assert "there is no room to write the database" in capsys.readouterr().out
    assert kept(town) == 1
    assert post(town, 2) == 200
    assert kept(town) == 2
    with closing(sqlite3.connect(file_of(town))) as books:
        assert books.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_whole_decision_that_finds_no_room_writes_nothing_of_itself(town: Town):
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    ben = town.buy("Ben", (town.lamp, 2), settle=False)
    town.bring_the_post()
    topics.digest(town.house, town.now())
    with closing(sqlite3.connect(file_of(town))) as books:
        # Begun anew, with room for a turn to look and not for what is decided.
        assert books.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    with no_file_may_grow_beyond(ROOM_FOR_A_TURN), pytest.raises(DatabaseBusy, match="no room"):
        town.settle()
    town.time.passes(150)
    town.settle()
    assert town.held(ben) == 2
    assert verify(town.house).holds


def a_running_town(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    town.buy("Ben", (town.lamp, 2))


def test_a_copy_made_by_sqlite_while_we_run_is_whole_and_a_copy_of_the_file_alone_is_not(town: Town, tmp_path):
    a_running_town(town)
    good, naive = tmp_path / "good.db", tmp_path / "naive.db"
    with town.house.db.write() as tx:
        inbox.put(tx, town.house.sealer, delivery_of(town), town.time())  # somebody is at it
        with closing(sqlite3.connect(file_of(town))) as books:
            books.execute("VACUUM INTO ?", [str(good)])
        naive.write_bytes(file_of(town).read_bytes())
    whole = replace(town.house, db=Database(f"sqlite:///{good}"))
    assert verify(whole).holds
    assert rows(good) == rows(file_of(town), uncommitted=1)
    whole.db.close()
    assert rows(naive) != rows(good), "the control: part of it is in the log beside it"


def delivery_of(town: Town) -> inbox.Delivery:
    return inbox.Delivery(town.store.domain, "orders/create", "event-x", "webhook-x", town.time(), BODY)


def rows(file: Path, uncommitted: int = 0) -> dict[str, int]:
    """Rows by table; less what was not committed when the copy was made."""
    with closing(sqlite3.connect(file)) as books:
        tables = [name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counted = "SELECT count(*) FROM "
        found = {name: int(books.execute(counted + name).fetchone()[0]) for name in tables}
    found["inbox"] -= uncommitted
    return found
