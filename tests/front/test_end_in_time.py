"""A worker that cannot come to an end by itself is ended when its time to stop is over, and its children with it."""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

STUCK = """
import sys, threading
from billiard import Process
from promised import distributed

distributed.GRACE_SECONDS = 0.2

def wait():
    threading.Event().wait()

child = Process(target=wait)
child.start()
print("began", flush=True)
distributed.end_soon()
wait()
"""


def test_a_stuck_worker_leaves_when_its_time_is_over_and_takes_its_children_along():
    stuck = subprocess.Popen(
        [sys.executable, "-c", STUCK],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        # Both hold the pipe: it ends when the last of them is gone.
        said, errors = stuck.communicate(timeout=20)
    finally:
        if stuck.poll() is None:
            os.killpg(stuck.pid, signal.SIGKILL)
            stuck.communicate()
    assert (stuck.returncode, said.split()[0]) == (0, "began"), errors
