"""Topics that are more than a bell: what they ask for is done by a verb, outside the inbox's transaction."""

from collections.abc import Callable
from datetime import datetime

from backorder.db.inbox import Kept
from backorder.house import House
from webhooks.payload import Payload, Unreadable, shown

Errand = Callable[[House, Kept, Payload, datetime], str | None]
"""Does what a topic asks for, at business time. Says why it was of no concern, or None when done.

Raises Unreadable. May run twice: a verb that was interrupted is called again.
"""


def same_shop(kept: Kept, named: str) -> None:
    """The envelope is not signed, the body is: they must name the same shop. Raises Unreadable."""
    if named.strip().lower() != kept.shop_domain:
        raise Unreadable(f"The body speaks of {shown(named)}, but was delivered for {kept.shop_domain}.")
