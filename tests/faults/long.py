"""``FAULTS=all .venv/bin/pytest -m "" tests/faults`` takes its time: every statement, every step, both ways to run."""

import os

ALL = os.environ.get("FAULTS") == "all"
# A connection is cut at every statement in turn, or at each eleventh.
EVERY_NTH = 1 if ALL else 11
# Real processes that die and come back on a busy machine; a comparison whose worker died has its turn after five minutes only.
SECONDS = 900
