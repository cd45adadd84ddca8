"""Tests of every room."""

import gc

# A run has memory to spare and no time: garbage is looked for seldom, and while tests are being collected there is none.
gc.set_threshold(100_000, 20, 50)
