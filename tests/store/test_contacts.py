"""Whom to write to: read only when a message is owed."""

import pytest

from backorder.rules.seen import ContactSeen
from tests.store.answers import in_the_shop
from tests.store.cast import lamplight

ADA = {"firstName": "Ada", "locale": "de", "defaultEmailAddress": {"emailAddress": "ada@home.example"}}


@pytest.mark.parametrize(
    ("email", "locale", "customer", "expected"),
    [
        ("ada@work.example", "en", ADA, ContactSeen(1042, "ada@work.example", "Ada", "en")),
        (None, None, ADA, ContactSeen(1042, "ada@home.example", "Ada", "de")),
        (None, "en", ADA | {"defaultEmailAddress": None}, ContactSeen(1042, None, "Ada", "en")),
        ("guest@example.com", None, None, ContactSeen(1042, "guest@example.com", None, None)),
        (None, None, None, ContactSeen(1042, None, None, None)),
    ],
)
def test_the_order_says_whom_to_write_to_and_else_its_customer(email, locale, customer, expected):
    in_the_shop(order={"email": email, "customerLocale": locale, "customer": customer})
    assert lamplight().contact(1042) == expected


def test_nobody_is_written_to_about_an_order_that_is_gone():
    in_the_shop(order=None)
    assert lamplight().contact(1042) is None
