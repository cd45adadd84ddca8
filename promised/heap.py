"""The heap of a process that stays: its collector looks at what is new, seldom, and never again at what was there from the start.

Python looks for rings of garbage whenever some hundred objects are new, and now and then through all that a process ever loaded.
A decision makes tens of thousands of objects in a moment, none in a ring: without this, two fifths of a large delivery was such
looking (`promised bench allocate`).
"""

import ctypes
import gc

NEW_OBJECTS = 100_000  # before the youngest are looked at: some MB
ROUNDS = 5  # of looking at the youngest before those that outlived one: what was under way then is garbage soon, and may be in rings
OLD_ROUNDS = 10  # of those before all that is not frozen
# glibc gives every thread a heap of its own, eight for each core; what is freed in one serves no other, and all of them grow.
HEAPS = 2
_M_ARENA_MAX = -8  # malloc.h


def seldom() -> None:
    """Search seldom from now on. To be called before a process loads what it needs: a sixth of that was searching."""
    gc.set_threshold(NEW_OBJECTS, ROUNDS, OLD_ROUNDS)


def settle() -> None:
    """Keep what is loaded now out of every later search. To be called when a process has loaded what it needs, before its threads."""
    gc.collect()
    gc.freeze()
    seldom()
    _share()


def _share() -> None:
    """Let the threads to come share a few heaps, where the C library would have one for each."""
    if tell := getattr(ctypes.CDLL(None), "mallopt", None):
        tell(_M_ARENA_MAX, HEAPS)
