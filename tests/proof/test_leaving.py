"""What random stories that end with the app leaving have shown once."""

import pytest

from backorder import leave
from tests.proof.checker import check
from tests.proof.run import perform
from tests.proof.stage import Stage

# One of Dora's lamps is shipped, the rest of that parcel is being packed; four that she adds wait for goods.
HALF_PACKED = [
    ["buy", "Dora", [["AUR-1", 5], ["LIN-B", 1], ["OAK-1", 2]], "PAID", False],
    ["ship", 1, 1],
    ["edit", 1, 4],
    ["leave", True],
]


def test_what_is_kept_and_packed_counts_once_when_the_app_is_back(shared_stage: Stage) -> None:
    assert check(perform(shared_stage, 1, HALF_PACKED)) == []


def test_else_what_waits_could_ship(shared_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leave, "_keep_apart", lambda *_, **__: None)
    (mark, line) = check(perform(shared_stage, 1, HALF_PACKED))
    assert "#1002" in mark
    assert "8 may ship now that the app is back, 4 to 4 should" in line
