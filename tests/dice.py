"""How often the dice are thrown where a test tries one law on many shops: a few times in the suite, more by ``DICE=10``."""

import os
from collections.abc import Sequence
from typing import Any

import pytest

DICE = int(os.environ.get("DICE", "1"))


def seeds(few: int) -> list[Any]:
    """The seeds of ``few`` throws, times ``DICE``; every throw is the same one everywhere. All but the first are for where there is time."""
    return first_now(range(few * DICE))


def first_now(cases: Sequence[Any]) -> list[Any]:
    """Cases of one law: the first is tried by whoever changes something, the others where there is time."""
    return [cases[0], *(pytest.param(case, marks=pytest.mark.long) for case in cases[1:])]
