"""Letters kept, and the moods of the post that brings them."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, get_args

from devstore.mailbox.letter import Mail
from devstore.mailbox.sink import Door

Mode = Literal["ok", "down", "reject", "greylist", "later", "hangs up", "swallows"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)


class Mailbox:
    """An SMTP sink whose ``mode`` decides how it treats a sender.

    ``ok`` takes everything; ``down`` refuses connections; ``reject`` refuses every recipient for good (550);
    ``greylist`` refuses a sender's first try for a recipient for now (450) and takes the next; ``later`` hears the whole
    letter and says "not now" (451); ``hangs up`` breaks the line before the letter is whole; ``swallows`` keeps the
    letter and breaks the line instead of saying so.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """``now`` is business time: letters are dated by it."""
        self._now = now
        self._changed = threading.Condition()
        self._door: Door | None = None
        self._seen: set[tuple[str, str]] = set()
        self._mode: Mode = "ok"
        self._last_id = 0
        self.messages: list[Mail] = []

    def open(self, port: int = 0) -> int:
        """Listen on loopback; 0 takes any free port. Returns the port. Raises ``OSError`` when it is taken."""
        self._door = Door(self, port)
        if self._mode != "down":
            self._door.open()
        return self._door.port

    def close(self) -> None:
        """Stop listening and give the port back; what came stays readable."""
        if self._door is not None:
            self._door.leave()
            self._door = None

    @property
    def port(self) -> int | None:
        """Where it listens; None while it was not opened."""
        return None if self._door is None else self._door.port

    @property
    def mode(self) -> Mode:
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Change how senders are treated. Raises ``ValueError`` naming the modes there are."""
        known = next((one for one in MODES if one == mode), None)
        if known is None:
            raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
        self._mode = known
        self._seen.clear()
        if self._door is not None:
            (self._door.close if known == "down" else self._door.open)()

    def refusal(self, sender: str, recipient: str) -> str | None:
        """What the sink answers to a recipient it does not take; None when it takes it."""
        if self._mode == "reject":
            return "550 5.1.1 There is no such mailbox here"
        if self._mode == "greylist" and (sender, recipient) not in self._seen:
            self._seen.add((sender, recipient))
            return "450 4.7.1 Come again a little later"
        return None

    def keep(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> Mail:
        """Put a letter into the box."""
        with self._changed:
            self._last_id += 1
            mail = Mail(self._last_id, self._now(), sender, recipients, raw)
            self.messages.append(mail)
            self._changed.notify_all()
            return mail

    def clear(self) -> None:
        """Throw every letter away."""
        with self._changed:
            self.messages.clear()

    def find(self, mail_id: int) -> Mail | None:
        return next((mail for mail in self.messages if mail.id == mail_id), None)

    def wait_for(self, count: int, timeout: float) -> bool:
        """Wait until at least ``count`` letters are there; False when that took longer than ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.messages) >= count, timeout)
