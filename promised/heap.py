"""The heap of a process that stays: its collector looks at what is new, seldom, and never again at what was there from the start.

Python looks for rings of garbage whenever some hundred objects are new, and now and then through all that a process ever loaded.
A decision makes tens of thousands of objects in a moment, none in a ring: without this, two fifths of a large delivery was such
looking (`promised bench allocate`).
"""

import gc

NEW_OBJECTS = 200_000  # before the youngest are looked at: some ten MB
ROUNDS = 5  # of looking at the youngest before those that outlived one: what was under way then is garbage soon, and may be in rings
OLD_ROUNDS = 10  # of those before all that is not frozen


def seldom() -> None:
    """Search seldom from now on. To be called before a process loads what it needs: a sixth of that was searching."""
    gc.set_threshold(NEW_OBJECTS, ROUNDS, OLD_ROUNDS)


def settle() -> None:
    """Keep what is loaded now out of every later search. To be called when a process has loaded what it needs."""
    gc.collect()
    gc.freeze()
    seldom()
