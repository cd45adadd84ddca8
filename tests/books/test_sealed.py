"""Sealed values: opened with the right key for the right purpose, and not otherwise."""

import pytest

from backorder.db import contacts
from backorder.db.sealed import CannotOpen, Sealer
from backorder.rules.seen import ContactSeen
from tests.books.cast import FIRST

SECRET = "carol@example.com"


def test_what_was_sealed_can_be_opened(sealer):
    assert sealer.open("a purpose", sealer.seal("a purpose", b"\x00\xffbytes")) == b"\x00\xffbytes"
    assert sealer.open_text("a purpose", sealer.seal_text("a purpose", SECRET)) == SECRET


def test_a_restart_with_the_same_key_opens_it(sealer):
    assert Sealer("the-key-that-seals-the-books").open_text("p", sealer.seal_text("p", SECRET)) == SECRET


def test_a_value_sealed_for_one_purpose_cannot_be_opened_as_another(sealer):
    sealed = sealer.seal_text(contacts.EMAIL, SECRET)
    with pytest.raises(CannotOpen, match="a customer name cannot be opened"):
        sealer.open_text(contacts.NAME, sealed)


def test_another_key_opens_nothing(sealer):
    with pytest.raises(CannotOpen, match="ENCRYPTION_KEY"):
        Sealer("another-key-altogether").open_text("p", sealer.seal_text("p", SECRET))


def test_a_value_that_was_touched_cannot_be_opened(sealer):
    sealed = bytearray(sealer.seal("p", SECRET.encode()))
    sealed[-5] ^= 1
    with pytest.raises(CannotOpen):
        sealer.open("p", bytes(sealed))


def test_nothing_of_the_value_or_its_equality_shows(sealer):
    one, other = sealer.seal_text("p", SECRET), sealer.seal_text("p", SECRET)
    assert SECRET not in one
    assert one != other, "equal values do not look equal"


def test_a_refusal_repeats_neither_the_value_nor_the_key(sealer):
    with pytest.raises(CannotOpen) as refused:
        sealer.open_text("p", "carol@example.com")
    assert "carol" not in str(refused.value)
    assert "the-key-that" not in str(refused.value)


def test_whom_to_write_to_is_kept_sealed_and_erased(tx, sealer, alice):
    contacts.put(tx, sealer, alice, ContactSeen(FIRST, SECRET, "Carol", "de"))
    assert contacts.get(tx, sealer, alice, FIRST) == contacts.Contact(SECRET, "Carol", "de")
    row = tx.execute(contacts.contacts.select()).one()
    assert "carol" not in repr(row).lower()
    assert contacts.erase(tx, alice, [FIRST]) == 1
    assert contacts.get(tx, sealer, alice, FIRST) is None


def test_a_customer_without_address_or_name_is_kept_as_such(tx, sealer, alice):
    contacts.put(tx, sealer, alice, ContactSeen(FIRST, None, None, None))
    assert contacts.get(tx, sealer, alice, FIRST) == contacts.Contact(None, None, None)


def test_bytes_sealed_by_an_earlier_version_open_still(sealer):
    assert sealer.open("p", sealer.seal_text("p", "a body").encode()) == b"a body"


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01short", b"\x01" + bytes(40), bytes(100)])
def test_bytes_that_nobody_sealed_are_refused_and_not_an_error(sealer, sealed):
    with pytest.raises(CannotOpen):
        sealer.open("p", sealed)
