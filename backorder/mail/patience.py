"""How long a relay may take. A hand-over ends well inside a minute: whoever took the message from the books holds it no longer."""

import smtplib
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Seconds: until the whole message is said, then for the verdict on it, then for a good-bye."""

    approach: float = 25
    verdict: float = 25
    goodbye: float = 2


class Deadline:
    """A moment after which a conversation is not continued, however many steps it has left."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds left. Raises ``TimeoutError`` when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("The relay takes too long.")
        return left

    def bind(self, smtp: smtplib.SMTP) -> smtplib.SMTP:
        """The conversation, its next step bound to end by this deadline."""
        if smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("The relay has hung up.")
        smtp.sock.settimeout(self.left())
        return smtp
