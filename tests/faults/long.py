"""``FAULTS=all .venv/bin/pytest -m "" tests/faults`` takes its time: every statement, every step, both ways to run."""

import os

ALL = os.environ.get("FAULTS") == "all"
# A connection is cut at every statement in turn, or at each eleventh.
EVERY_NTH = 1 if ALL else 11
