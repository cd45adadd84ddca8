"""Mail addresses as the servers on the way can carry them."""

from email.errors import HeaderParseError
from email.headerregistry import Address

from backorder.mail.one_line import one_line


class AddressUnusable(ValueError):
    """No mail can be sent from or to this address. The sentence does not repeat it: it is a person's."""


def address(addr_spec: str, name: str = "") -> Address:
    """The address with its display name on one line; an international domain in its ASCII form.

    Raises ``AddressUnusable`` where it is no address, or its local part is not ASCII (which needs
    SMTPUTF8 on every server of the way).
    """
    local, at, domain = addr_spec.strip().rpartition("@")
    try:
        if not (local and at and domain):
            raise AddressUnusable("This is not a mail address.")
        ascii_domain = domain.encode("idna").decode()
        parsed = Address(display_name=one_line(name), addr_spec=f"{local}@{ascii_domain}")
        parsed.addr_spec.encode("ascii")
    except (HeaderParseError, IndexError, UnicodeError, ValueError) as problem:
        raise AddressUnusable("This mail address cannot be written to.") from problem
    return parsed
