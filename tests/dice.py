"""How often the dice are thrown where a test tries one law on many shops: a few times in the suite, more by ``DICE=10``."""

import os
from typing import Any

import pytest

DICE = int(os.environ.get("DICE", "1"))


def seeds(few: int) -> list[Any]:
    """The seeds of ``few`` throws, times ``DICE``; every throw is the same one everywhere. All but the first are for where there is time."""
    return [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, few * DICE))]
