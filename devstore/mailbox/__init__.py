"""The mailbox: every letter sent to anyone ends here, and can be read by everyone who runs the store."""

from devstore.mailbox.box import MODES, Mailbox
from devstore.mailbox.letter import Mail
from devstore.mailbox.pages import mailbox, mailbox_of

__all__ = ["MODES", "Mail", "Mailbox", "mailbox", "mailbox_of"]
