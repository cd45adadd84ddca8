"""How often the dice are thrown where a test tries one law on many shops: a few times in the suite, more by ``DICE=10``."""

import os


def seeds(few: int) -> range:
    """The seeds of ``few`` throws, times ``DICE``; every throw is the same one everywhere."""
    return range(few * int(os.environ.get("DICE", "1")))
