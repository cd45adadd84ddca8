import pytest

from backorder.mail.compose import compose
from backorder.mail.outcome import RelayUnusable, Sent
from backorder.mail.post import send
from backorder.mail.relay import Relay as Address
from backorder.mail.relay import Security, relay_at

from .cast import CONFIRMATION, NOW
from .certificates import certificate_in, server_context
from .relays import Accepts, OneUser, Relay, running, saying

PASSWORD = "p@ss/w:rd%"
LOGIN = "orders%40promised.example:p%40ss%2Fw%3Ard%25"


@pytest.fixture
def pem(tmp_path):
    return certificate_in(tmp_path)


@pytest.fixture
def trusted(pem, monkeypatch):
    """The operator trusts the relay's certificate, by the variable that OpenSSL reads."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))


@pytest.fixture
def guarded(pem):
    return Relay(
        Accepts(),
        tls_context=server_context(pem),
        require_starttls=True,
        auth_required=True,
        authenticator=OneUser("orders@promised.example", PASSWORD),
    )


def letter():
    return compose(CONFIRMATION, to="ada@example.com", mail_from="orders@promised.example", at=NOW)


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://127.0.0.1:4025", Address("127.0.0.1", 4025, Security.PLAIN)),
        ("smtp://relay.example", Address("relay.example", 25, Security.PLAIN)),
        ("smtp://relay.example?starttls", Address("relay.example", 587, Security.STARTTLS)),
        ("smtps://relay.example/", Address("relay.example", 465, Security.TLS)),
        ("smtp://u:p@127.0.0.1:25", Address("127.0.0.1", 25, Security.PLAIN, ("u", "p"))),
        ("smtp://u:p@localhost", Address("localhost", 25, Security.PLAIN, ("u", "p"))),
        ("smtp://u:p@[::1]:2525", Address("::1", 2525, Security.PLAIN, ("u", "p"))),
    ],
)
def test_one_setting_says_where_and_how(url, relay):
    assert relay_at(url) == relay


def test_a_password_crosses_a_network_only_under_tls():
    assert relay_at("smtp://u:p@relay.example").security is Security.STARTTLS
    assert relay_at("smtp://u:p@relay.example:25").security is Security.STARTTLS


def test_a_password_may_hold_any_sign_and_is_never_shown():
    relay = relay_at(f"smtp://{LOGIN}@127.0.0.1")
    assert relay.login == ("orders@promised.example", PASSWORD)
    assert PASSWORD not in repr(relay)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "relay.example:25",
        "http://relay.example",
        "smtp://",
        "smtp://:secret@",
        "smtp://user@relay.example",
        "smtp://:secret@relay.example",
        "smtp://u:s%C3%A9cret@relay.example",
        "smtp://u:secret@relay.example:port",
        "smtp://u:secret@relay.example:99999",
        "smtp://relay.example/secret",
        "smtp://relay.example?startls",
    ],
)
def test_a_malformed_setting_is_told_and_not_repeated(url):
    with pytest.raises(ValueError, match="SMTP_URL") as refusal:
        relay_at(url)
    assert "secret" not in str(refusal.value)


def test_a_letter_goes_out_under_starttls_with_a_password(guarded, trusted):
    with running(guarded) as place:
        assert send(f"smtp://{LOGIN}@{place}?starttls", letter()) == Sent("250 2.0.0 Queued as 4711")


def test_a_letter_goes_out_under_tls_from_the_first_byte(pem, trusted):
    with running(Relay(Accepts(), implicit_tls=server_context(pem))) as place:
        assert send(f"smtps://{place}", letter()) == Sent("250 2.0.0 Queued as 4711")


@pytest.mark.parametrize("url", ["smtp://{}?starttls", "smtps://{}"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(url, pem):
    context = server_context(pem)
    relay = Relay(Accepts(), implicit_tls=context) if "smtps" in url else Relay(Accepts(), tls_context=context)
    with running(relay) as place, pytest.raises(RelayUnusable, match="certificate"):
        send(url.format(place), letter())
    assert relay.handler.envelopes == []


def test_a_wrong_password_is_somebodys_work(guarded, trusted):
    with running(guarded) as place, pytest.raises(RelayUnusable, match="535"):
        send(f"smtp://orders%40promised.example:wrong@{place}?starttls", letter())


def test_a_relay_that_offers_no_tls_gets_no_letter():
    relay = Relay(Accepts())
    with running(relay) as place, pytest.raises(RelayUnusable, match="offers no TLS"):
        send(f"smtp://{place}?starttls", letter())
    assert relay.handler.envelopes == []


def test_a_relay_that_speaks_plainly_where_tls_is_asked_gets_no_letter():
    with saying(b"220 relay") as place, pytest.raises(RelayUnusable):
        send(f"smtps://{place}", letter())
