"""The runner is worth its time: broken rules do not get past it."""

import pytest

from tests.proof.mutants import MUTANTS, Mutant
from tests.proof.run import play
from tests.proof.stage import Stage

PATIENCE = 60  # sequences


@pytest.mark.xdist_group("proof-mutants")
@pytest.mark.parametrize(("mutant", "first"), [pytest.param(*each, id=each[0].__name__) for each in MUTANTS])
def test_a_broken_rule_is_caught(
    shared_stage: Stage, monkeypatch: pytest.MonkeyPatch, mutant: Mutant, first: int
) -> None:
    mutant(monkeypatch)
    caught = next((seed for seed in range(first, first + PATIENCE) if play(shared_stage, seed).broken), None)
    assert caught is not None, f"{PATIENCE} sequences did not notice"
