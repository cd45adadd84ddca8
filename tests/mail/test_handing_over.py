import re
import smtplib
import socket

import pytest

from backorder.mail.compose import compose
from backorder.mail.outcome import MailBusy, MailRefused, MailUnknown, RelayAway, RelayUnusable, Sent
from backorder.mail.patience import Patience
from backorder.mail.post import FINAL_DOT, send

from .cast import CONFIRMATION, NOW
from .relays import (
    Accepts,
    AnswersTheMessage,
    AnswersTheRecipient,
    FallsSilentAfterTheDot,
    HangsUpAfterTheDot,
    HangsUpWithinTheMessage,
    Relay,
    WantsASecondConversation,
    free_port,
    running,
    saying,
)

SHORT = Patience(approach=5, verdict=0.2, goodbye=0.2)
EHLO_TO_DATA = (b"220 relay", b"250 relay", b"250 ok", b"250 ok", b"354 go on")


def letter():
    return compose(CONFIRMATION, to="ada@example.com", mail_from="orders@promised.example", at=NOW)


def large_letter():
    """More than the buffers between two processes hold, so that it is still being said when the relay hangs up."""
    message = letter()
    message.clear_content()
    message.set_content("A line that goes on.\n" * 600_000, cte="7bit")
    return message


def hand_to(relay, message=None):
    with running(relay) as place:
        return send(f"smtp://{place}", message or letter(), patience=SHORT)


def hand_to_script(*answers):
    with saying(*answers) as place:
        return send(f"smtp://{place}", letter(), patience=SHORT)


def test_an_accepted_letter_arrives_once_and_whole():
    relay = Accepts()
    assert hand_to(Relay(relay)) == Sent("250 2.0.0 Queued as 4711")
    [envelope] = relay.envelopes
    assert envelope.mail_from == "orders@promised.example"
    assert envelope.rcpt_tos == ["ada@example.com"]
    assert envelope.content == letter().as_bytes()
    assert relay.greeted_as == ["promised.example"]


def test_the_final_dot_waits_for_no_acknowledgement_of_the_message(monkeypatch):
    real, sent_at_once = smtplib.SMTP.send, []

    def heard(smtp, words):
        if words == FINAL_DOT:
            sent_at_once.append(smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        real(smtp, words)

    monkeypatch.setattr(smtplib.SMTP, "send", heard)
    hand_to(Relay(Accepts()))
    assert [bool(each) for each in sent_at_once] == [True]


def test_a_line_that_is_a_dot_arrives_as_a_dot():
    message = letter()
    message.clear_content()
    message.set_content("One.\n.\n..two\n")
    relay = Accepts()
    hand_to(Relay(relay), message)
    assert relay.envelopes[0].content.endswith(b"One.\r\n.\r\n..two\r\n")


def test_a_grey_listing_relay_is_busy():
    with pytest.raises(MailBusy, match=r"450 4\.2\.0 Come back in a minute"):
        hand_to(Relay(AnswersTheRecipient("450 4.2.0 Come back in a minute")))


def test_an_unknown_mailbox_is_refused_for_good_with_the_servers_words():
    with pytest.raises(MailRefused) as refusal:
        hand_to(Relay(AnswersTheRecipient("550 5.1.1 No such user")))
    assert (refusal.value.code, refusal.value.text) == (550, "5.1.1 No such user")


def test_the_servers_words_do_not_name_the_customer():
    with pytest.raises(MailRefused) as refusal:
        hand_to(Relay(AnswersTheRecipient("550 5.1.1 <ADA@example.com>: no such user")))
    assert refusal.value.text == "5.1.1 <(recipient)>: no such user"
    assert "ada" not in str(refusal.value).lower()


def test_a_relay_that_is_down_is_busy():
    with pytest.raises(MailBusy, match="ConnectionRefusedError"):
        send(f"smtp://127.0.0.1:{free_port()}", letter(), patience=SHORT)


def test_a_relay_that_never_greets_is_busy():
    with saying() as place, pytest.raises(MailBusy):
        send(f"smtp://{place}", letter(), patience=Patience(approach=0.2))


def test_a_relay_that_greets_and_falls_silent_is_busy():
    with saying(b"220 relay") as place, pytest.raises(MailBusy):
        send(f"smtp://{place}", letter(), patience=Patience(approach=0.2))


@pytest.mark.parametrize("greeting", [b"421 Too many connections", b"450 Later"])
def test_a_relay_that_is_full_is_busy(greeting):
    with pytest.raises(MailBusy) as busy:
        hand_to_script(greeting)
    assert not isinstance(busy.value, RelayUnusable)


def test_a_relay_that_will_not_have_us_is_somebodys_work_and_the_letter_stays_good():
    with pytest.raises(RelayUnusable, match="554"):
        hand_to_script(b"554 No mail from your network")
    assert issubclass(RelayUnusable, MailBusy)


def test_a_relay_that_refuses_the_content_before_it_heard_it_refuses():
    with pytest.raises(MailRefused, match="554 Not here"):
        hand_to_script(*EHLO_TO_DATA[:-1], b"554 Not here")


def test_a_relay_that_hangs_up_within_the_message_is_busy():
    with pytest.raises(MailBusy, match="before the message was complete"):
        hand_to(Relay(Accepts(), HangsUpWithinTheMessage), large_letter())


def test_a_relay_that_hangs_up_after_the_final_dot_leaves_it_unknown():
    relay = HangsUpAfterTheDot()
    with pytest.raises(MailUnknown):
        hand_to(Relay(relay))
    assert len(relay.envelopes) == 1  # this time it had arrived: sending it again would have made two


def test_a_relay_that_falls_silent_after_the_final_dot_leaves_it_unknown():
    relay = FallsSilentAfterTheDot()
    with pytest.raises(MailUnknown):
        hand_to(Relay(relay))
    assert len(relay.envelopes) == 1


def test_unknown_is_not_a_kind_of_busy_and_is_never_tried_again_by_accident():
    assert not issubclass(MailUnknown, MailBusy)


@pytest.mark.parametrize("verdict", ["451 4.3.0 Disk full", "421 4.3.2 Shutting down"])
def test_a_verdict_for_now_is_busy(verdict):
    with pytest.raises(MailBusy, match=re.escape(verdict)):
        hand_to(Relay(AnswersTheMessage(verdict)))


def test_a_verdict_for_good_is_refused():
    with pytest.raises(MailRefused, match=r"554 5\.7\.1 Looks like spam"):
        hand_to(Relay(AnswersTheMessage("554 5.7.1 Looks like spam")))


@pytest.mark.parametrize("verdict", [b"354 what", b"hello", b"", b"x" * 20_000])
def test_a_verdict_that_cannot_be_read_leaves_it_unknown(verdict):
    with pytest.raises(MailUnknown):
        hand_to_script(*EHLO_TO_DATA, verdict)


def test_a_relay_that_hangs_up_without_a_good_bye_has_accepted_all_the_same():
    assert hand_to_script(*EHLO_TO_DATA, b"250 2.0.0 Taken") == Sent("250 2.0.0 Taken")


def test_a_relay_that_wants_a_fresh_start_gets_one_because_each_attempt_is_its_own_conversation():
    relay = WantsASecondConversation()
    with running(Relay(relay)) as place:
        with pytest.raises(MailBusy, match="451"):
            send(f"smtp://{place}", letter(), patience=SHORT)
        assert send(f"smtp://{place}", letter(), patience=SHORT).reply.startswith("250")
    assert len(relay.envelopes) == 1


@pytest.mark.parametrize(
    "words", ["Grüße, später".encode(), "今は無理".encode("shift-jis"), b"\xff\xfe\x00 <script>\x1b[31m"]
)
def test_words_in_no_language_of_ours_are_kept_on_one_harmless_line(words):
    with pytest.raises(MailBusy) as busy:
        hand_to_script(*EHLO_TO_DATA[:3], b"450 " + words)
    assert str(busy.value).startswith("450 ")
    assert str(busy.value).isprintable()


def test_an_answer_of_many_lines_is_one_line_and_short():
    many = b"".join(b"550-and another thing %d\r\n" % n for n in range(200)) + b"550 no"
    with pytest.raises(MailRefused) as refused:
        hand_to_script(*EHLO_TO_DATA[:3], many)
    assert "\n" not in refused.value.text
    assert len(refused.value.text) <= 500


@pytest.mark.parametrize("greeting", [b"421 Too many connections", b"554 No mail from your network"])
def test_a_relay_in_trouble_is_told_from_a_letter_in_trouble(greeting):
    with pytest.raises(RelayAway):
        hand_to_script(greeting)
    with pytest.raises(MailBusy) as of_the_letter:
        hand_to(Relay(AnswersTheRecipient("450 4.2.0 Come back in a minute")))
    assert not isinstance(of_the_letter.value, RelayAway)


def test_a_relay_that_refuses_tls_is_somebodys_work():
    with pytest.raises(RelayUnusable), saying(b"220 relay", b"250 relay") as place:
        send(f"smtp://{place}?starttls", letter(), patience=SHORT)


def test_a_long_answer_is_kept_short():
    sent = hand_to_script(*EHLO_TO_DATA, b"250 " + b"very " * 1000)
    assert len(sent.reply) < 520
