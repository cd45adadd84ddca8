"""Tokens: sealed at rest, renewed by one refresher at a time, forgotten when the shop leaves."""

from dataclasses import replace
from datetime import timedelta

from backorder.db import tokens
from tests.books.cast import NOON, SECOND, pair


def test_a_shop_that_gave_none_has_none(tx, sealer, alice):
    assert tokens.get(tx, sealer, alice) is None


def test_tokens_are_kept_whole(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    assert tokens.get(tx, sealer, alice) == pair()


def test_a_token_without_a_refresh_is_kept_as_such(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair(refresh=None))
    kept = tokens.get(tx, sealer, alice)
    assert kept is not None
    assert kept.refresh is None


def test_no_token_can_be_read_in_the_database(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    row = tx.execute(tokens.tokens.select()).one()
    assert "clear" not in repr(row)
    assert "write_orders" in repr(row), "this is the row"


def test_one_refresher_at_a_time(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    assert tokens.lease_refresh(tx, alice, 1, NOON, seconds=30)
    assert not tokens.lease_refresh(tx, alice, 1, NOON + 29 * SECOND, seconds=30)


def test_a_refresher_that_died_is_followed_by_another(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    tokens.lease_refresh(tx, alice, 1, NOON, seconds=30)
    assert tokens.lease_refresh(tx, alice, 1, NOON + 31 * SECOND, seconds=30)


def test_a_refresher_that_gave_up_lets_the_next_one_try(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    tokens.lease_refresh(tx, alice, 1, NOON, seconds=30)
    tokens.give_up_refresh(tx, alice, 1)
    assert tokens.lease_refresh(tx, alice, 1, NOON + SECOND, seconds=30)


def test_who_comes_late_does_not_refresh_what_is_already_renewed(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    tokens.lease_refresh(tx, alice, 1, NOON, seconds=30)
    tokens.put(tx, sealer, alice, pair(access="renewed"))
    renewed = tokens.get(tx, sealer, alice)
    assert renewed is not None
    assert (renewed.access, renewed.version) == ("renewed", 2)
    assert not tokens.lease_refresh(tx, alice, 1, NOON + SECOND, seconds=30), "this version is past"
    assert tokens.lease_refresh(tx, alice, 2, NOON + SECOND, seconds=30), "the lease ended with the renewal"


def test_a_late_surrender_does_not_end_the_next_ones_lease(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    tokens.put(tx, sealer, alice, pair(access="renewed"))
    tokens.lease_refresh(tx, alice, 2, NOON, seconds=30)
    tokens.give_up_refresh(tx, alice, 1)
    assert not tokens.lease_refresh(tx, alice, 2, NOON + SECOND, seconds=30)


def test_a_distrusted_token_is_spent_from_now_on(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    assert tokens.expire(tx, alice, 1, NOON)
    spent = tokens.get(tx, sealer, alice)
    assert spent is not None
    assert spent.access_until == NOON
    assert spent.refresh_until == pair().refresh_until


def test_a_late_distrust_of_the_last_token_leaves_the_new_one_trusted(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    tokens.put(tx, sealer, alice, pair(access="renewed"))
    assert not tokens.expire(tx, alice, 1, NOON)
    renewed = tokens.get(tx, sealer, alice)
    assert renewed is not None
    assert renewed.access_until == pair().access_until


def test_forgotten_tokens_are_gone(tx, sealer, alice):
    tokens.put(tx, sealer, alice, pair())
    tokens.forget(tx, alice)
    assert tokens.get(tx, sealer, alice) is None


def test_idle_shops_are_found_before_their_refresh_ends(tx, sealer, alice, bob):
    tokens.put(tx, sealer, alice, pair())
    later = replace(pair(), refresh_until=pair().refresh_until + timedelta(days=1))
    tokens.put(tx, sealer, bob, later)
    assert tokens.expiring(tx, pair().refresh_until) == ()
    assert tokens.expiring(tx, pair().refresh_until + SECOND) == (alice,)
