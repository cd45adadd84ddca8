"""What a story says of itself: true, not yet, or broken."""

import time
from collections.abc import Callable

PATIENCE = 25.0
LOOK_EVERY = 0.1


class StoryBroken(Exception):
    """A statement of the story is false."""


def soon(statement: str, holds: Callable[[], bool]) -> float:
    """Wait until the statement holds; the seconds it took. Raises StoryBroken with the statement."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE:
        if holds():
            return time.monotonic() - started
        time.sleep(LOOK_EVERY)
    raise StoryBroken(f"not true within {PATIENCE:.0f} s: {statement}")


def must(statement: str, holds: bool, instead: object = None) -> None:  # noqa: FBT001 - reads as the sentence it is
    """Raise StoryBroken if the statement does not hold; ``instead`` is what was found."""
    if not holds:
        found = "" if instead is None else f" (found {instead})"
        raise StoryBroken(f"not true: {statement}{found}")
