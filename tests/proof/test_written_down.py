"""A sequence that broke is written down, and breaks again in the same way when it is read."""

from pathlib import Path

import pytest

from tests.proof.acts import draw, peaceful
from tests.proof.mutants import holds_are_never_released
from tests.proof.run import Run, comparable, play, shorten
from tests.proof.stage import Stage

SHORT = [["buy", "Anna", [["AUR-1", 1]], "PAID", False], ["settle"], ["days", 1], ["count in", "AUR-1", 1]]


@pytest.mark.long
def test_what_broke_is_written_down_and_breaks_again(
    on_sqlite: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    holds_are_never_released(monkeypatch)
    run = play(on_sqlite, 7, SHORT)
    assert any("nobody_waits_for_what_is_theirs" in sentence for sentence in run.broken)
    file = run.write_down(tmp_path / "proof")
    assert file.name == "7.json"
    known = Run.read(file)
    assert known == run
    assert play(on_sqlite, known.seed, known.acts).broken == run.broken
    shorter = shorten(on_sqlite, known)
    assert [act[0] for act in shorter.acts] == ["buy", "count in"]
    monkeypatch.undo()


@pytest.mark.long
def test_the_same_seed_is_the_same_story(on_sqlite: Stage) -> None:
    assert draw(11) == draw(11)
    ends = []
    for _ in range(2):
        assert not play(on_sqlite, 11).broken
        ends.append([(act.seq, act.at, act.act, act.by) for act in on_sqlite.store.journal])
    assert ends[0] == ends[1]


def test_a_peaceful_twin_is_the_same_story_without_mishaps() -> None:
    story = [["pace", 1.1], ["buy"], ["dies", 3, True], ["settle"], ["post", "doubled"]]
    assert peaceful(story) == [["buy"], ["settle"]]
    assert comparable(story)
    assert not comparable([*story, ["post", "lost"]])
    assert not comparable([["pace", 1.1], ["buy"]])
