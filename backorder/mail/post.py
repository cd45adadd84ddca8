"""Handing one message to the relay, step by step, so that it is known what had been said when it broke.

1. MAIL, RCPT, DATA: nothing of the message was said. Broken here: not accepted.
2. The message, up to and with its final dot: without the whole dot no server may act on it
   (RFC 5321 §4.1.1.4). Broken here: not accepted.
3. The wait for the verdict. Broken here: *nobody on our side can know*.
"""

import re
import smtplib
from email.message import EmailMessage

from backorder.mail.connection import conversation
from backorder.mail.one_line import one_line
from backorder.mail.outcome import MailBusy, MailRefused, MailUnknown, RelayAway, Sent
from backorder.mail.parcel import Parcel, parcel
from backorder.mail.patience import Deadline, Patience
from backorder.mail.relay import relay_at

_PATIENT = Patience()
FINAL_DOT = b".\r\n"
LONGEST_REPLY = 500  # characters of a server's answer that are kept


def send(smtp_url: str, message: EmailMessage, *, patience: Patience = _PATIENT) -> Sent:
    """Hand the message over to the relay, from the address in its From to the one in its To.

    Raises ``MailBusy`` (not accepted, later; ``RelayAway`` where the relay itself is in trouble), ``MailRefused`` (refused for good) and ``MailUnknown``
    (perhaps accepted; never again unasked); ``ValueError`` for a malformed URL or a message that has
    not exactly one sender and one recipient.
    """
    letter = parcel(message)
    relay, until = relay_at(smtp_url), Deadline(patience.approach)
    with conversation(relay, origin=letter.origin, until=until, goodbye=patience.goodbye) as smtp:
        try:
            _say_everything(smtp, letter, until)
        except (smtplib.SMTPException, OSError) as problem:
            raise RelayAway(f"The relay broke off before the message was complete: {_name(problem)}.") from problem
        return Sent(_verdict(smtp, letter, Deadline(patience.verdict)))


def _say_everything(smtp: smtplib.SMTP, letter: Parcel, until: Deadline) -> None:
    _expect(2, until.bind(smtp).mail(letter.sender), letter)
    _expect(2, until.bind(smtp).rcpt(letter.recipient), letter)
    _expect(3, until.bind(smtp).docmd("DATA"), letter)
    until.bind(smtp).send(letter.body)
    until.bind(smtp).send(FINAL_DOT)  # it goes whole, or this raises: part of a dot ends no message


def _verdict(smtp: smtplib.SMTP, letter: Parcel, until: Deadline) -> str:
    try:
        answer = until.bind(smtp).getreply()
    except (smtplib.SMTPException, OSError) as problem:
        raise MailUnknown(f"The relay broke off before its verdict: {_name(problem)}.") from problem
    if answer[0] // 100 not in {2, 4, 5}:
        raise MailUnknown(f"The verdict of the relay cannot be read: {_said(answer, letter)}")
    _expect(2, answer, letter)
    return _said(answer, letter)


def _expect(hundred: int, answer: tuple[int, bytes], letter: Parcel) -> None:
    """Go on if the answer is of this hundred; a refusal for good is told from everything else."""
    code, words = answer
    if code // 100 == 5:
        raise MailRefused(code, _words(words, letter))
    if code // 100 != hundred:
        raise MailBusy(_said(answer, letter))


def _said(answer: tuple[int, bytes], letter: Parcel) -> str:
    return f"{answer[0]} {_words(answer[1], letter)}"


def _words(words: bytes, letter: Parcel) -> str:
    """The server's words on one line. They often name the recipient, whom no book or log may name."""
    text = one_line(words.decode(errors="replace"))
    return re.sub(re.escape(letter.recipient), "(recipient)", text, flags=re.IGNORECASE)[:LONGEST_REPLY]


def _name(problem: Exception) -> str:
    return type(problem).__name__
