"""What a person said yes to: a preview is taken in only as it was shown, and a file changes so much at once and no more."""

from hashlib import sha256

from backorder.errors import Refused

# All of it is one transaction, and on one machine everybody else waits for it.
MOST_CHANGES = 500


def approved(plan: object, seen: str | None, what: str) -> str:
    """The mark that stands for exactly this plan.

    ``seen`` is the mark of the preview that a person said yes to; None: nobody looked. Raises Refused if they are not the same: the
    books (``what`` names them) changed since, so that something else would happen than was shown.
    """
    mark = sha256(repr(plan).encode()).hexdigest()
    if seen is not None and seen != mark:
        raise Refused("seen", f"The {what} changed since you looked. Look at the preview again.")
    return mark
