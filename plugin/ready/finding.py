"""What was found wrong: one sentence that says what it is and what to do."""

from dataclasses import dataclass
from enum import IntEnum


class Weight(IntEnum):
    """What a finding means for a process, worst last.

    What waiting can heal never stops a start: the process begins, says that it is not ready, and recovers by itself. What
    only a person can mend, and what would fail or do damage meanwhile, stops it.
    """

    NOTE = 1  # worth knowing; the process does its work
    MISSING = 2  # the process cannot do its work until it is there
    STOPS = 3  # the process must not start


@dataclass(frozen=True)
class Finding:
    """``sentence`` is fit for anybody's eyes; ``names`` says more, such as each shop by name, for the operator's alone."""

    weight: Weight
    sentence: str
    names: tuple[str, ...] = ()


Findings = tuple[Finding, ...]
