"""Measurements. ``promised bench NAME`` runs one and prints JSON lines; ``promised bench all`` runs each and prints a table.

A figure stands beside its limit, measured in the same run on the same machine; what counts is the ratio of the two. No test
asks how long something took.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Benchmark:
    """A module with ``add_arguments(parser)`` and ``run(asked) -> int``, what it measures, and how ``all`` asks for it.

    ``runs`` are the arguments of each run by ``make bench``: sizes that end in less than a minute each. ``databases`` are those
    that each run is repeated on.
    """

    module: str
    measures: str
    runs: tuple[tuple[str, ...], ...]
    databases: tuple[str, ...] = ("sqlite", "postgresql")


BENCHMARKS: dict[str, Benchmark] = {
    "allocate": Benchmark(
        module="bench.allocate",
        measures="A restock decided and written, beside one SQL statement that writes the same allocation.",
        runs=(("--lines", "10000", "--turns", "3"), ("--lines", "10000", "--turns", "1", "--orders")),
    ),
    "depth": Benchmark(
        module="bench.depth",
        measures="The same units served from a long queue and from a short one, and the pages that list it.",
        runs=(("--deep", "20000", "--turns", "3"),),
    ),
    "receiver": Benchmark(
        module="bench.receiver",
        measures="POST /webhooks beside a bare handler that checks the signature and commits one INSERT.",
        runs=((),),
    ),
    "quote": Benchmark(
        module="bench.quote",
        measures="GET /proxy/quote beside a bare handler that checks the signature and reads one row.",
        runs=((),),
    ),
    "embedded": Benchmark(
        module="bench.embedded",
        measures="How long a webhook waits in `promised serve`, idle and while a restock of 10,000 lines is written.",
        runs=((),),
        databases=("sqlite",),
    ),
    "promise": Benchmark(
        module="bench.promise",
        measures="From an order at the store to its hold, at ten orders a second.",
        runs=((), ("--distributed",)),
        databases=("sqlite",),
    ),
    "burst": Benchmark(
        module="bench.burst",
        measures="A burst of orders over few things: how often the store is read for one thing within a second.",
        runs=(("--orders", "1000"),),
        databases=("sqlite",),
    ),
    "coverage": Benchmark(
        module="bench.coverage",
        measures="How many promises at 85 % are kept, and the days that costs, over simulated shops of unlike suppliers.",
        runs=((),),
        databases=("sqlite",),
    ),
    "soak": Benchmark(
        module="bench.soak",
        measures="Half an hour of webhooks under faults: does anything grow, is everybody served rightly? (--minutes)",
        runs=(),
    ),
}
# Not a measurement: it runs the others.
ALL = Benchmark(module="bench.all", measures="Every benchmark at a modest size, as one table.", runs=())


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for and return the exit status; asked for nothing, say what there is."""
    if not arguments:
        parser().print_help()
        return 2
    asked = parser(arguments).parse_args(arguments)
    return int(import_module(asked.module).run(asked))


def parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The grammar of ``promised bench``; a benchmark is loaded only when it is named."""
    whole = argparse.ArgumentParser(prog="promised bench", description=__doc__)
    named = whole.add_subparsers(required=True, metavar="NAME")
    for name, benchmark in {**BENCHMARKS, "all": ALL}.items():
        one = named.add_parser(name, help=benchmark.measures, description=benchmark.measures)
        one.set_defaults(module=benchmark.module)
        if arguments and arguments[0] == name:
            import_module(benchmark.module).add_arguments(one)
    return whole
