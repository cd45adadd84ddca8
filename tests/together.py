"""Which tests stay on one process when several share the run, because setting their stage costs more than they do, or because they mostly wait.

What starts processes of its own waits for them more than it works: one of the run's processes does all of that, while the others keep the
machine busy.

pytest-xdist 3.8 takes such groups from the ids of tests and writes them there in a way that pytest 9.2 no longer heeds:
its marks say nothing, and every process set every stage. So the groups are told to the one who deals out the tests.
"""

from typing import Any

from xdist.scheduler import LoadGroupScheduling

# The beginning of tests' ids, and the group they are in.
GROUPS = {
    "tests/pages/": "the demo",
    "tests/stories/test_the_demo.py": "the demo",
    "tests/bench/test_small_runs.py": "measurements",
    "tests/faults/test_killed_processes.py": "killed processes",
    "tests/faults/test_redis_faults.py": "real processes",
    "tests/front/test_bench.py": "real processes",
    "tests/front/test_distributed.py": "real processes",
    "tests/front/test_serve.py": "real processes",
    "tests/workers/test_at_work.py": "real processes",
    "tests/house/test_rooms.py": "the laws of the rooms",
    "tests/proof/test_mutants.py": "the mutants",
    "tests/proof/test_checker.py": "a story to be checked",
}


def group_of(test: str) -> str | None:
    """The group of a test, by its id; None for one that may run anywhere."""
    return next((group for begins, group in GROUPS.items() if test.startswith(begins)), None)


class Together(LoadGroupScheduling):
    """Deals out tests one by one, and each group as a whole: those first, so that none begins when the others end."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: after each test all that a process was ever given is counted."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        given = self.assigned_work[node]
        if all(given[scope].values()):
            del given[scope]


def scheduler(config: Any, log: Any) -> Together | None:
    """Who deals out the tests of this run; None for the way that was asked for."""
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None
