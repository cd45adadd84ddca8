"""Whatever people and machines do, in whatever order, what was promised holds.

The default only shows that it runs; ``make prove`` asks for two thousand, as ``PROOF_SEQUENCES`` says, and ``python -m tests.proof`` for any number.
"""

import os

import pytest

from tests.proof.run import Run, play
from tests.proof.stage import Stage

pytestmark = pytest.mark.timeout(3 * 3600)  # as many sequences as were asked for

SEQUENCES = int(os.environ.get("PROOF_SEQUENCES", "4"))
CHUNKS = 10 if SEQUENCES >= 100 else 2  # a stage is set for each
TWINS = 5  # every so many sequences one is also compared with its peaceful twin
ON_POSTGRESQL = min(10, max(2, SEQUENCES // 6))


def all_hold(stage: Stage, seeds: range) -> None:
    failed = [run for seed in seeds if (run := play(stage, seed, twin=seed % TWINS == 0)).broken]
    told = [tell(run) for run in failed]
    assert not told, "\n".join(told)


def tell(run: Run) -> str:
    file = run.write_down()
    return f"{run.broken[0]}\n  again: .venv/bin/python -m tests.proof --replay {file}"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_was_promised_holds_in_every_sequence(on_sqlite: Stage, chunk: int) -> None:
    size = SEQUENCES // CHUNKS
    all_hold(on_sqlite, range(1 + chunk * size, 1 + (chunk + 1) * size))


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(on_postgresql: Stage) -> None:
    all_hold(on_postgresql, range(100_001, 100_001 + ON_POSTGRESQL))
