"""What became of a message that was handed to the relay: accepted, or one of these.

The texts are the server's own words with the recipient's address taken out, so that they may be
stored and logged.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """The relay has accepted the message; ``reply`` is its answer, evidence for the books."""

    reply: str


class MailError(Exception):
    """The message was not, or not certainly, accepted."""


class MailBusy(MailError):
    """Certainly not accepted, for a passing reason: hand the same message over again later."""


class RelayAway(MailBusy):
    """The relay did not listen to the end, whatever we bring: it is better left alone for a moment."""


class RelayUnusable(RelayAway):
    """The relay refuses *us*, whatever we bring: certificate, TLS or login. The message is still good.

    Later is right for the message, but nothing passes by itself: whoever runs the app must look.
    """


class MailRefused(MailError):
    """Refused for good: the same message will be refused again. ``code`` and ``text`` are the server's."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


class MailUnknown(MailError):
    """All of the message was sent and no answer came: it may be on its way. Never send it again unasked."""
