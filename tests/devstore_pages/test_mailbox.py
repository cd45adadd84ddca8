"""Letters arrive over real SMTP, and the post can be made to fail."""

import smtplib
from email.message import EmailMessage

import pytest

from devstore.mailbox.box import MODES


def letter(subject="Your lamp waits"):
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "Lamplight <shop@example.com>", "ada@example.com", subject
    written["Message-ID"] = "<one@example.com>"
    written.set_content("It ships by 7 December.")
    written.add_alternative("<p>It ships by <b>7 December</b>.</p>", subtype="html")
    return written


def send(box, written=None):
    with smtplib.SMTP("127.0.0.1", box.port, timeout=5) as post:
        post.send_message(written or letter())


def mode(client, name):
    return client.post("/_control/mails/mode", json={"mode": name})


def test_a_letter_is_kept_with_both_its_parts(box, client):
    send(box)
    (mail,) = client.get("/_control/mails").json
    assert mail["recipients"] == ["ada@example.com"]
    assert mail["subject"] == "Your lamp waits"
    assert mail["message_id"] == "<one@example.com>"
    assert mail["text"].strip() == "It ships by 7 December."
    assert "<b>7 December</b>" in mail["html"]


def test_a_letter_is_dated_by_the_shops_clock(box, world):
    world.clock.advance(86400 * 5)
    send(box)
    assert (box.messages[0].at - world.clock.transport()).days in {4, 5}


def test_names_in_other_scripts_are_readable(box, client):
    send(box, letter("Ваша лампа – « prête »"))
    assert client.get("/_control/mails").json[0]["subject"] == "Ваша лампа – « prête »"
    assert "Ваша лампа" in client.get("/mailbox").text


def test_a_letter_is_shown_in_a_frame_where_nothing_runs(box, client):
    send(box)
    page = client.get("/mailbox/1").text
    assert '<iframe sandbox="allow-popups"' in page
    policy = client.get("/mailbox/1/html").headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert client.get("/mailbox/2").status_code == 404


def test_a_box_that_is_down_refuses_connections_and_keeps_its_port(box, client):
    port = box.port
    mode(client, "down")
    with pytest.raises(ConnectionRefusedError):
        send(box)
    mode(client, "ok")
    assert box.port == port
    send(box)
    assert len(box.messages) == 1


def test_a_rejecting_box_says_no_for_good(box, client):
    mode(client, "reject")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(box)
    assert refused.value.recipients["ada@example.com"][0] == 550


def test_a_greylisting_box_takes_the_second_try(box, client):
    mode(client, "greylist")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(box)
    assert refused.value.recipients["ada@example.com"][0] == 450
    send(box)
    assert len(box.messages) == 1


def test_a_box_that_says_later_hears_the_whole_letter_and_keeps_none(box, client):
    mode(client, "later")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(box)
    assert refused.value.smtp_code == 451
    assert box.messages == []


@pytest.mark.parametrize(("mood", "kept"), [("hangs up", 0), ("swallows", 1)])
def test_a_line_that_breaks_before_the_letter_keeps_none_and_after_it_one(box, client, mood, kept):
    mode(client, mood)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(box)
    assert len(box.messages) == kept


def test_an_unknown_mood_is_refused_and_changes_nothing(box, client):
    answer = mode(client, "sulking")
    assert answer.status_code == 422
    assert answer.json["error"] == f"mode is one of {', '.join(MODES)}, not 'sulking'"
    assert client.post("/_control/mails/mode", data="[").status_code == 422
    assert box.mode == "ok"


def test_the_box_is_emptied(box, client):
    send(box)
    client.post("/_control/mails/clear")
    assert client.get("/_control/mails").json == []
    send(box)
    assert box.messages[0].id == 2  # an address once given never shows another letter


def test_who_waits_for_a_letter_is_told_when_it_comes(box):
    assert box.wait_for(1, timeout=0.01) is False
    send(box)
    assert box.wait_for(1, timeout=5) is True
