"""What takes long is put off by ``make test``, and never left out of what a submission must pass."""

import re

import pytest

from tests.house.repository import ROOT


def recipe(target: str) -> str:
    """What ``make`` runs for a target."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def test_make_test_puts_off_what_takes_long(pytestconfig: pytest.Config) -> None:
    asked = pytestconfig.getini("addopts")
    assert asked[asked.index("-m") + 1] == "not long"
    assert "pytest" in recipe("test")
    assert " -m " not in recipe("test")


def test_make_prove_runs_it_and_a_submission_must_pass_that() -> None:
    assert "pytest -q -n 3 --dist loadgroup -m long" in recipe("prove")
    assert "make prove" in (ROOT / ".ci" / "run").read_text().splitlines()
