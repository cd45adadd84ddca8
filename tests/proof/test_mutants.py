"""The runner is worth its time: broken rules do not get past it."""

import pytest

from tests.proof.acts import draw
from tests.proof.mutants import MUTANTS, Mutant
from tests.proof.run import play
from tests.proof.stage import Stage

pytestmark = pytest.mark.long
PATIENCE = 60  # sequences


@pytest.mark.parametrize(("mutant", "often", "first"), [pytest.param(*each, id=each[0].__name__) for each in MUTANTS])
def test_a_broken_rule_is_caught(
    shared_stage: Stage, monkeypatch: pytest.MonkeyPatch, mutant: Mutant, often: tuple[str, ...], first: int
) -> None:
    mutant(monkeypatch)
    seeds = range(first, first + PATIENCE)
    caught = next((seed for seed in seeds if play(shared_stage, seed, draw(seed, often)).broken), None)
    assert caught is not None, f"{PATIENCE} sequences did not notice"
