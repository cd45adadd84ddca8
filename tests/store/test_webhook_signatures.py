"""A delivery is the store's if its raw bytes were signed with one of our secrets, and not otherwise."""

import hmac
from base64 import b64encode

import pytest

from backorder.store.credentials import webhook_signed
from tests.store.cast import PREVIOUS, SECRET, STRANGER

BODY = '{"id": 1, "title": "Lämp"}'.encode()


def signature(secret: str, body: bytes = BODY) -> str:
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def test_a_delivery_signed_with_our_secret_is_believed():
    assert webhook_signed(BODY, signature(SECRET), [SECRET])


def test_the_previous_secret_is_good_while_it_is_being_rotated():
    assert webhook_signed(BODY, signature(PREVIOUS), [SECRET, PREVIOUS])
    assert not webhook_signed(BODY, signature(PREVIOUS), [SECRET])


def test_bytes_that_are_no_text_are_signed_like_any_other():
    body = b"\xff\xfe\x00"
    assert webhook_signed(body, signature(SECRET, body), [SECRET])


@pytest.mark.parametrize("body", [BODY + b" ", BODY[:-1], b"", BODY.replace(b"1", b"2")])
def test_a_changed_body_is_not_believed(body):
    assert not webhook_signed(body, signature(SECRET), [SECRET])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        signature(STRANGER),
        signature(SECRET)[:-1],
        signature(SECRET) + "=",
        signature(SECRET).lower(),
        hmac.new(SECRET.encode(), BODY, "sha256").hexdigest(),
        "ÿ" * 44,
        "\ud800" + "a" * 43,
    ],
)
def test_anything_else_in_the_header_is_simply_no_signature(header):
    assert not webhook_signed(BODY, header, [SECRET, PREVIOUS])


def test_without_a_secret_nothing_is_believed():
    assert not webhook_signed(BODY, signature(""), [])
