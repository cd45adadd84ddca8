"""The whole message: what the letter says, addressed and identified."""

import email.policy
from datetime import datetime
from email.message import EmailMessage

from backorder.mail.address import address
from backorder.mail.letter import Letter
from backorder.mail.message_id import message_id
from backorder.mail.render import Rendered, render


def compose(letter: Letter, *, to: str, mail_from: str, at: datetime) -> EmailMessage:
    """The letter as a message from the shop (by way of ``mail_from``) to ``to``, written at ``at`` (aware).

    The same arguments give the same Message-ID, headers and words. Raises ``AddressUnusable`` where
    an address of the three cannot be written to, and ``ValueError`` for a naive ``at``.
    """
    shop = (letter.shop_name, letter.shop_domain, letter.shop_email)
    return addressed(render(letter), shop=shop, key=letter.key, to=to, mail_from=mail_from, at=at)


def addressed(
    rendered: Rendered, *, shop: tuple[str, str, str], key: str, to: str, mail_from: str, at: datetime
) -> EmailMessage:
    """What was rendered as a message from a ``shop`` (its name, domain and address); ``key`` names the event within it. Raises as ``compose``."""
    if at.tzinfo is None:
        raise ValueError("The time of a message must know its time zone.")
    name, domain, answers_to = shop
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = address(mail_from, name)
    message["Reply-To"] = address(answers_to, name)
    message["To"] = address(to)
    message["Subject"] = rendered.subject
    message["Date"] = at
    message["Message-ID"] = message_id(domain, key)
    _mark_as_written_by_a_machine(message)
    # Quoted-printable keeps every line short and every byte ASCII: no server on the way has to be able to do more.
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = rendered.language  # only now: what is set sooner goes when the content comes
    # Quoted-printable never writes "=_", so no line of the letter can be taken for the boundary.
    message.set_boundary(f"=_{message['Message-ID'].partition('@')[0].strip('<')}")
    return message


def _mark_as_written_by_a_machine(message: EmailMessage) -> None:
    """Answering machines stay silent (RFC 3834; Exchange by its own header); bounces still come."""
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
