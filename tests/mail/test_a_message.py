import email
import email.policy
from dataclasses import replace
from datetime import datetime

import pytest

from backorder.mail.address import AddressUnusable
from backorder.mail.compose import compose
from backorder.mail.message_id import message_id
from backorder.mail.parcel import parcel
from backorder.mail.render import render

from .cast import ARRIVED, CONFIRMATION, NOW


def written(letter=CONFIRMATION, **changes):
    given = {"to": "ada@example.com", "mail_from": "orders@promised.example", "at": NOW}
    return compose(letter, **(given | changes))


def test_the_same_event_has_the_same_message_id():
    assert written()["Message-ID"] == written()["Message-ID"] == written(at=NOW.replace(hour=23))["Message-ID"]


def test_another_event_or_another_shop_has_another():
    ids = {
        message_id("a.myshopify.com", "1"),
        message_id("b.myshopify.com", "1"),
        message_id("a.myshopify.com", "2"),
        written(ARRIVED)["Message-ID"],
        written()["Message-ID"],
    }
    assert len(ids) == 5


def test_a_message_id_is_a_hash_at_the_shops_domain():
    name, _, domain = message_id("Northlight.myshopify.com", "k").strip("<>").partition("@")
    assert domain == "northlight.myshopify.com"
    assert len(name) == 32
    assert int(name, 16)


@pytest.mark.parametrize("domain", ["", "a b", "a>b", "a\r\nBcc: x", "-a.example"])
def test_a_message_id_needs_a_domain(domain):
    with pytest.raises(ValueError, match="not the domain of a shop"):
        message_id(domain, "k")


def test_a_letter_comes_from_the_shop_and_is_answered_to_the_shop():
    message = written()
    assert str(message["From"]) == "Northlight Lamps <orders@promised.example>"
    assert message["Reply-To"].addresses[0].addr_spec == "hello@northlight.example"
    assert str(message["To"]) == "ada@example.com"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_reader_of_either_form_gets_the_whole_letter():
    message = email.message_from_bytes(written().as_bytes(), policy=email.policy.default)
    rendered = render(CONFIRMATION)
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert message.get_content_type() == "multipart/alternative"
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert page.get_content().replace("\r\n", "\n").strip() == rendered.html.strip()


def test_the_same_message_has_the_same_bytes():
    assert written().as_bytes() == written().as_bytes()


def test_a_message_is_short_ascii_lines():
    letter = replace(CONFIRMATION, shop_name="Lampenhäuschen, Inh. Zoë Müller 灯", order_name="№ 1003")
    body = parcel(written(letter)).body
    assert body.isascii()
    assert max(len(line) for line in body.split(b"\r\n")) <= 998
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_a_name_with_umlauts_and_commas_arrives_as_it_was():
    letter = replace(CONFIRMATION, shop_name="Lampenhäuschen, Inh. Zoë Müller 灯")
    message = email.message_from_bytes(written(letter).as_bytes(), policy=email.policy.default)
    assert message["From"].addresses[0].display_name == "Lampenhäuschen, Inh. Zoë Müller 灯"


def test_an_international_domain_is_written_in_ascii():
    assert str(written(to="ada@müller.example")["To"]) == "ada@xn--mller-kva.example"


@pytest.mark.parametrize(
    "to",
    ["", "ada", "ada@", "@example.com", "ada@example.com, eve@example.com", "ada@example.com\r\nBcc: e@x.y", "ä@x.y"],
)
def test_what_is_no_address_is_refused_and_not_repeated(to):
    with pytest.raises(AddressUnusable) as refusal:
        written(to=to)
    assert not to or to not in str(refusal.value)


def test_the_time_of_a_message_knows_its_zone():
    with pytest.raises(ValueError, match="time zone"):
        written(at=datetime(2026, 11, 25, 9, 30))  # noqa: DTZ001  # the mistake under test


def test_a_parcel_has_one_recipient():
    message = written()
    message.replace_header("To", "ada@example.com, eve@example.com")
    with pytest.raises(ValueError, match="exactly one address in To, not 2"):
        parcel(message)


def test_a_line_that_is_a_dot_does_not_end_the_message():
    message = written()
    message.clear_content()
    message.set_content("One.\n.\n..two\n")
    assert parcel(message).body.endswith(b"One.\r\n..\r\n...two\r\n")
