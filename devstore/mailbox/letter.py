"""One letter as it came over the wire, and what a reader sees of it."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property


@dataclass(frozen=True)
class Mail:
    """A letter the sink accepted. ``at`` is business time; ``sender`` and ``recipients`` are the envelope's."""

    id: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The letter, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def message_id(self) -> str:
        return str(self.message.get("Message-ID", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header in the order it was sent, decoded."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str | None:
        """The plain text part; None when the letter has none."""
        return self._body("plain")

    @property
    def html(self) -> str | None:
        """The HTML part; None when the letter has none."""
        return self._body("html")

    def _body(self, kind: str) -> str | None:
        part = self.message.get_body((kind,))
        return None if part is None else str(part.get_content())

    def as_json(self) -> dict[str, object]:
        """Everything about the letter, for tests and stories."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "sender": self.sender,
            "recipients": list(self.recipients),
            "from": str(self.message.get("From", "")),
            "to": str(self.message.get("To", "")),
            "subject": self.subject,
            "message_id": self.message_id,
            "headers": self.headers,
            "text": self.text,
            "html": self.html,
        }
