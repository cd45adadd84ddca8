"""``python -m tests.proof``: play random sequences for as long as one likes, and play a written one again."""

# ruff: noqa: T201 - it is a command line
import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import statements
from tests.proof.books import Books, EmptySqlite, PostgresqlBooks
from tests.proof.run import Run, play, shorten
from tests.proof.stage import stage
from tests.servers import postgresql

EVERY = 100


def main(arguments: list[str] | None = None) -> int:
    """Play; 1 if something broke, and each such sequence is under var/proof."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--sequences", type=int, default=2000, help="how many to play (2000)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1); the others follow it")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play this written sequence again")
    parser.add_argument("--shorten", action="store_true", help="leave out acts for as long as it still breaks")
    asked = parser.parse_args(arguments)
    statements.compiled_once()
    with _books(asked.database) as books, stage(books) as one:
        if asked.replay:
            known = Run.read(asked.replay)
            runs: Iterator[Run] = iter([play(one, known.seed, known.acts, twin=True)])
        else:
            runs = (play(one, seed, twin=True) for seed in range(asked.seed, asked.seed + asked.sequences))
        broken, started = 0, time.monotonic()
        for number, run in enumerate(runs, start=1):
            if run.broken:
                broken += 1
                found = shorten(one, run, twin=True) if asked.shorten else run
                _tell(found, None if asked.replay else found.write_down())
            if number % EVERY == 0:
                print(f"{number} sequences, {broken} broken, {time.monotonic() - started:.0f} s", flush=True)
    print(f"{broken} of {1 if asked.replay else asked.sequences} sequences broke." if broken else "Nothing broke.")
    return 1 if broken else 0


def _tell(run: Run, file: Path | None) -> None:
    print(f"Sequence {run.seed} broke:")
    for act in run.acts:
        print(f"    {act}")
    for sentence in run.broken:
        print(f"  {sentence}")
    if file is not None:
        print(f"  Again: .venv/bin/python -m tests.proof --replay {file}", flush=True)


@contextmanager
def _books(database: str) -> Iterator[Books]:
    if database == "postgresql":
        with postgresql() as url:
            yield PostgresqlBooks(url)
        return
    # In memory where the machine has such a folder: nothing here has to survive the machine.
    memory = Path("/dev/shm")  # noqa: S108 - a folder in it that is ours alone is made
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield EmptySqlite(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
