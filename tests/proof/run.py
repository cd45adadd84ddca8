"""One sequence from its beginning to the verdict; what fails is written down so that it can be played again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backorder import judge
from backorder.verify import verify
from tests.proof.acts import Acts, draw, peaceful
from tests.proof.checker import check
from tests.proof.deaths import Died
from tests.proof.history import Story
from tests.proof.perform import Player
from tests.proof.queues import ours
from tests.proof.sending import added
from tests.proof.stage import NeverSettled, Stage

FOLDER = Path("var/proof")


@dataclass(frozen=True)
class Run:
    """A sequence and what broke in it; empty: nothing."""

    seed: int
    acts: Acts
    broken: tuple[str, ...] = ()

    def write_down(self, folder: Path = FOLDER) -> Path:
        """Keep it as JSON; the file's name is the seed."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.seed}.json"
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        return file

    @classmethod
    def read(cls, file: Path) -> "Run":
        """What ``write_down`` kept."""
        said = json.loads(file.read_text(encoding="utf-8"))
        return cls(said["seed"], said["acts"], tuple(said["broken"]))


def play(stage: Stage, seed: int, acts: Acts | None = None, *, twin: bool = False) -> Run:
    """Play a sequence (that of the seed, if no other is given) and judge it; with ``twin`` also against its peaceful twin."""
    acts = added(draw(seed), seed) if acts is None else acts
    try:
        with depth(seed):
            return _judged(stage, seed, acts, twin=twin)
    except NeverSettled as restless:
        broken = [f"it never came to rest: {restless}"]
    except (Exception, Died) as error:  # noqa: BLE001 - whatever falls over is what we look for
        broken = [f"it fell over: {type(error).__name__}: {error}"]
    return Run(seed, acts, tuple(broken))


@contextmanager
def depth(seed: int) -> Iterator[None]:
    """In every other story each queue counts as deep, so that it is decided about by its front wherever that is enough."""
    usual = judge.DEEP
    judge.DEEP = 1 if seed % 2 else usual
    try:
        yield
    finally:
        judge.DEEP = usual


def _judged(stage: Stage, seed: int, acts: Acts, *, twin: bool) -> Run:
    story = perform(stage, seed, acts)
    broken = check(story) + _books(stage)
    if twin and comparable(acts):
        broken += _differences(story, perform(stage, seed, peaceful(acts)))
    return Run(seed, acts, tuple(broken))


def perform(stage: Stage, seed: int, acts: Acts) -> Story:
    """Play the acts from the beginning; the story that came of them."""
    stage.begin(seed)
    player = Player(stage)
    for act in acts:
        player.play(act)
    player.end()
    return player.history.story()


def shorten(stage: Stage, run: Run, *, twin: bool = False) -> Run:
    """The same failure with as few acts as one finds by leaving them out, one at a time."""
    laws = {sentence.split(":")[0] for sentence in run.broken}
    shorter = True
    while shorter:
        shorter = False
        for left_out in range(len(run.acts)):
            tried = play(stage, run.seed, [*run.acts[:left_out], *run.acts[left_out + 1 :]], twin=twin)
            if laws & {sentence.split(":")[0] for sentence in tried.broken}:
                run, shorter = tried, True
                break
    return run


def comparable(acts: Acts) -> bool:
    """Whether mishaps may change nothing of the end: all is heard of before people act on what they see (I5)."""
    names = [act[0] for act in acts]
    lost = any(act[0] == "post" and act[1] in {"lost", "bad"} for act in acts)
    # Before a line is handed to a supplier everybody looks, so letters leave, and call in stock what is its buyer's from then on.
    lost |= "sent by supplier" in names and "mail" in names
    return len(peaceful(acts)) < len(acts) - names.count("pace") and "look" not in names and not lost


def _differences(one: Story, other: Story) -> list[str]:
    """I5: what the warehouse may ship, what waits, and what is sold are the same with and without mishaps."""
    with_mishaps, without = _end(one), _end(other)
    return [
        f"I5: {what} is {with_mishaps.get(what)} after mishaps, {without.get(what)} without"
        for what in sorted({*with_mishaps, *without})
        if with_mishaps.get(what) != without.get(what)
    ]


def _end(story: Story) -> dict[str, Any]:
    end: dict[str, Any] = {f"the policy of {v['sku']}": v["policy"] for v in story.last["variants"]}
    for order in story.last["orders"]:
        skus = {line["id"]: line["sku"] for line in order["lines"]}
        for part in order["fulfillment_orders"]:
            for line in part["lines"]:
                if line["remaining"]:
                    state = "held" if ours(part) else "open"
                    key = f"{order['name']} {skus[line['line_item_id']]} {state}"
                    end[key] = end.get(key, 0) + line["remaining"]
    return end


def _books(stage: Stage) -> list[str]:
    """What the books say of themselves; the checker's verdict does not rest on it."""
    return [f"verify: {c.name}: {sentence}" for c in verify(stage.house).checks for sentence in c.broken]
