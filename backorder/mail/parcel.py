"""A message as the relay takes it: from whom, to whom, and its bytes."""

import email.policy
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

_SEVEN_BIT = email.policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Parcel:
    """``body`` ends with a line end and is dot-stuffed: what follows it is the final dot."""

    sender: str
    recipient: str
    body: bytes

    @property
    def origin(self) -> str:
        """The sender's domain, by which we greet the relay (asking the resolver for our name may hang)."""
        return self.sender.rpartition("@")[2]


def parcel(message: EmailMessage) -> Parcel:
    """The message, from its From to its To. Raises ``ValueError`` unless each names exactly one address."""
    body = message.as_bytes(policy=_SEVEN_BIT)
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    return Parcel(_only(message, "From"), _only(message, "To"), re.sub(rb"(?m)^\.", b"..", body))


def _only(message: EmailMessage, header: str) -> str:
    addresses: tuple[Address, ...] = getattr(message[header], "addresses", ())
    if len(addresses) != 1:
        raise ValueError(f"A letter has exactly one address in {header}, not {len(addresses)}.")
    return addresses[0].addr_spec
