"""How often the dice are thrown where a test tries one law on many shops: a few times in the suite, more by ``DICE=10``."""

import os

DICE = int(os.environ.get("DICE", "1"))


def seeds(few: int) -> range:
    """The seeds of ``few`` throws, times ``DICE``; every throw is the same one everywhere."""
    return range(few * DICE)
