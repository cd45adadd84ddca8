"""Instants and money mean the same in both databases, to the last digit."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select
from sqlalchemy.exc import DBAPIError, StatementError

from backorder.db.columns import Instant, Money, Sentences, Words
from backorder.db.engine import Database

samples = Table(
    "samples",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("amount", Money),
    Column("name", Words(8)),
    Column("said", Sentences),
)
LIMIT = Decimal("99999999.9999")
amounts = st.decimals(-LIMIT, LIMIT, places=4)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - bounds are naive by the strategy's rule
quietly = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def paper(tx):
    """A table of its own in the books, gone with the transaction."""
    samples.create(tx)
    yield tx
    samples.drop(tx)


def written(tx, **values):
    """What comes back of what was written."""
    tx.execute(samples.delete())
    tx.execute(samples.insert().values(**values))
    return tx.execute(select(samples)).one()


@quietly
@given(at=instants)
def test_an_instant_comes_back_as_the_same_moment_in_utc(paper, at):
    back = written(paper, at=at).at
    assert back == at.astimezone(UTC)  # in its own zone an hour that clocks repeat equals no other
    assert back.utcoffset() == timedelta(0)


def test_an_instant_of_another_zone_is_stored_as_utc(paper):
    in_tokyo = datetime(2026, 3, 1, 8, 30, tzinfo=timezone(timedelta(hours=9)))
    assert written(paper, at=in_tokyo).at.isoformat() == "2026-02-28T23:30:00+00:00"


def test_the_hour_that_clocks_repeat_is_two_hours(paper):
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=berlin) for fold in (0, 1))
    assert written(paper, at=second).at - written(paper, at=first).at == timedelta(hours=1)


def test_a_naive_instant_is_refused(paper):
    naive = datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001 - the wrong value itself
    with pytest.raises(StatementError, match="has no time zone"):
        written(paper, at=naive)


def test_a_naive_instant_is_refused_in_a_question_too(paper):
    naive = datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001 - the wrong value itself
    with pytest.raises(StatementError, match="has no time zone"):
        paper.execute(select(samples).where(samples.c.at < naive))


def test_a_day_is_no_instant(paper):
    with pytest.raises((StatementError, AttributeError)):
        written(paper, at=date(2026, 3, 1))


def test_nothing_comes_back_as_nothing(paper):
    row = written(paper, at=None, amount=None)
    assert (row.at, row.amount) == (None, None)


def test_instants_are_compared_in_time(paper):
    for hour in (9, 10, 11):
        paper.execute(samples.insert().values(at=datetime(2026, 3, 1, hour, tzinfo=UTC)))
    ten_in_utc = datetime(2026, 3, 1, 11, tzinfo=timezone(timedelta(hours=1)))
    assert paper.execute(select(func.count()).where(samples.c.at <= ten_in_utc)).scalar_one() == 2


@quietly
@given(amount=amounts)
def test_money_comes_back_to_four_decimals(paper, amount):
    assert written(paper, amount=amount).amount == amount


def test_sums_of_money_are_exact(paper):
    for _ in range(10):
        paper.execute(samples.insert().values(amount=Decimal("0.1")))
    assert paper.execute(select(func.sum(samples.c.amount))).scalar_one() == 1


def test_yen_and_dinars_keep_their_own_decimals(paper):
    assert written(paper, amount=Decimal(4990)).amount == 4990
    assert written(paper, amount=Decimal("12.345")).amount == Decimal("12.345")


STRANGE = {"a NUL": ("La\0mp", "Lamp"), "half a pair": ("a\ud800b", "a?b"), "without end": ("Lamp" * 9000, "LampLamp")}


@pytest.mark.parametrize(("name", "kept"), STRANGE.values(), ids=STRANGE)
def test_a_name_that_no_database_holds_is_cut_and_stops_nobodys_work(paper, name, kept):
    row = written(paper, name=name, said=name)
    assert row.name == kept
    assert len(row.said) <= 4000
    assert row.said.startswith(kept)
    assert paper.execute(select(samples).where(samples.c.name == name)).one() == row


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["La\0mp", "a\ud800b", "Lamp" * 9000], ids=STRANGE)
def test_taken_as_it_comes_the_same_name_would_stop_it(fresh_postgresql_url, name):
    """The damage: the database refuses, and with the name everything else of the transaction."""
    database = Database(fresh_postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
    bare = Table("bare", MetaData(), Column("name", String(8)))
    with database.engine.begin() as tx:
        bare.create(tx)
    with pytest.raises((DBAPIError, UnicodeError)), database.write() as tx:
        tx.execute(bare.insert().values(name=name))
    database.close()
