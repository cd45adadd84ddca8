"""The benchmark of allocation, very small: what it prints can be read, the books it leaves hold, and it leaves none behind."""

import json

import psycopg
import pytest

from backorder.db import lots, outbox
from backorder.db.engine import Database
from backorder.db.proofs import Check
from backorder.settle import settle
from bench import allocate, limit, scratch
from bench.all import table
from bench.waiting import NOW, SHOP, Problem, readings
from promised.cli import main

pytestmark = pytest.mark.long

SMALL = ["bench", "allocate", "--lines", "30", "--variants", "3", "--turns", "1"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kind(request, surroundings, monkeypatch):
    """The benchmark's surroundings: nothing, or a server; never the app's own books."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else surroundings["DATABASE_URL"]
    monkeypatch.setenv("DATABASE_URL", url)
    return request.param


def printed(capsys):
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_a_restock_is_measured_beside_its_limit_and_its_books_hold(kind, capsys):
    assert main(SMALL) == 0
    said = printed(capsys)
    assert said["database"].lower().startswith(kind)
    assert (said["lines"], said["variants"], said["mode"]) == (30, 3, "restock")
    assert said["given"] == said["units"] > 0
    assert said["rows_by_book"]["allocations"] == said["rows_by_book"]["allocation_ledger"] > 0
    assert {"allocations", "lots", "outbox", "levels"} <= set(said["rows_by_book"])
    assert said["checks_hold"]
    assert {check["holds"] for check in said["checks"]} == {True}
    assert all(said[figure] > 0 for figure in ("seconds", "limit_seconds", "ratio", "transactions", "lines_per_second"))
    assert "its longest transaction" in table([said])


def test_the_placing_of_orders_is_measured_and_all_are_promised_and_held(kind, capsys):
    assert main([*SMALL, "--orders"]) == 0
    said = printed(capsys)
    assert (said["mode"], said["given"], said["rows_by_book"]["promises"]) == ("orders", 0, 30)
    assert said["rows_by_book"]["outbox"] == 3 * 30 + 3  # a hold, a letter and an annotation each, and what is shown
    assert said["checks_hold"]


def test_the_limit_gives_the_same_units_to_the_same_people(kind):
    """Else it would be the limit of something else."""
    problem = Problem(200, 3)
    with scratch.address() as like, scratch.address() as url:
        allocate.prepare(problem, like, placed=True)
        books = Database(url)
        scratch.renew(books, like)
        for portion in readings(problem, books, problem.arriving):
            settle(books, SHOP, portion, NOW)
        ours = held(books)
        scratch.renew(books, like)
        limit.seconds(problem, books)
        assert ours == held(books) != []
        books.close()


def held(books):
    """Who holds what, what stands on the shelves, and whose release is asked for."""
    with books.read() as tx:
        given = sorted((row.line_id, row.units) for row in tx.execute(lots.allocations.select()))
        shelves = sorted(
            (r.item_id, r.units, r.allocated) for r in tx.execute(lots.lots.select()) if r.kind == "on_hand"
        )
        entered = sorted((row.line_id, row.units) for row in tx.execute(lots.allocation_ledger.select()))
        asked = sorted(r.lane for r in tx.execute(outbox.outbox.select()) if (r.effect, r.state) == ("release", "due"))
    return [given, shelves, entered, asked]


@pytest.mark.postgres
def test_a_benchmark_leaves_no_database_behind(postgresql_url, surroundings, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", postgresql_url)
    assert main(SMALL) == 0
    with psycopg.connect(postgresql_url) as server:
        left = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'promised_bench%'").fetchall()
    assert left == []


def test_a_broken_invariant_fails_the_benchmark(surroundings, monkeypatch, capsys):
    broken = (lambda *_: Check("no lot gives more than it holds", 1, ("Lot 7 gave 5 of 3 units.",)),)
    monkeypatch.setattr(allocate, "PROOFS", broken)
    assert main(SMALL) == 1
    assert not printed(capsys)["checks_hold"]


def test_without_a_name_it_says_what_there_is(surroundings, capsys):
    assert main(["bench"]) == 2
    assert "allocate" in capsys.readouterr().out
