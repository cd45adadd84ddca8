"""Failpoints: each named step stands in the code once, a test dies at each, and none can be armed in the real world."""

import ast
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from backorder import failpoint
from backorder.failpoint import POINTS, Died, FailpointRefused, arm, reached
from tests.faults.points import DIED_AT_IN_PROCESS, KILLED_AT
from tests.house.repository import PRODUCT, ROOT, modules


@pytest.fixture(autouse=True)
def _disarmed_afterwards():
    yield
    arm({}, store_is_overridden=True)


def points_in(source: str) -> list[str]:
    """The names that a module says it has reached."""
    return [
        str(call.args[0].value)
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "reached"
        and isinstance(call.args[0], ast.Constant)
    ]


def test_every_point_stands_in_the_code_exactly_once():
    found = Counter(name for path in modules(*PRODUCT) for name in points_in(path.read_text()))
    assert found == Counter(POINTS)


def test_a_point_that_stands_twice_is_seen():
    assert points_in('reached("decided")\nif x:\n    reached("decided")\n') == ["decided", "decided"]


@pytest.mark.parametrize("point", POINTS)
def test_a_test_dies_at_every_point(point):
    assert point in {*DIED_AT_IN_PROCESS, *KILLED_AT}


def test_nothing_is_armed_by_itself():
    assert "PROMISED_FAILPOINT" not in os.environ
    assert failpoint._armed is None
    for point in POINTS:
        reached(point)


@pytest.mark.parametrize("asked", ["decided:raise", "decided:kill@every"])
def test_no_point_is_armed_against_the_real_shopify(asked):
    with pytest.raises(FailpointRefused, match="refused against the real Shopify"):
        arm({"PROMISED_FAILPOINT": asked}, store_is_overridden=False)
    reached("decided")


def test_the_command_line_says_so_and_does_not_start(tmp_path: Path):
    given = {
        "APP_URL": "https://promised.example.com",
        "SHOPIFY_API_KEY": "key-of-the-app",
        "SHOPIFY_API_SECRET": "secret-of-the-app",
        "SECRET_KEY": "signs-links-and-cookies",
        "ENCRYPTION_KEY": "seals-tokens-and-people",
        "PROMISED_FAILPOINT": "decided:kill",
        "PYTHONPATH": str(ROOT),
    }
    asked = [sys.executable, "-m", "promised.cli", "migrate"]
    done = subprocess.run(asked, env=given, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"refused against the real Shopify" in done.stderr


@pytest.mark.parametrize("asked", ["nowhere:kill", "decided", "decided:explode", "decided:kill@soon"])
def test_what_is_no_failpoint_is_refused(asked):
    with pytest.raises(FailpointRefused, match="is no failpoint"):
        arm({"PROMISED_FAILPOINT": asked}, store_is_overridden=True)


def test_it_acts_at_the_nth_passing_and_only_then():
    arm({"PROMISED_FAILPOINT": "decided:raise@2, level.read:raise@every"}, store_is_overridden=True)
    reached("decided")
    with pytest.raises(Died):
        reached("decided")
    reached("decided")
    for _ in range(2):
        with pytest.raises(Died):
            reached("level.read")


def test_it_acts_once_among_all_processes_of_a_test(tmp_path: Path):
    shared = {"PROMISED_FAILPOINT": "decided:raise", "PROMISED_FAILPOINT_ONCE": str(tmp_path)}
    arm(shared, store_is_overridden=True)
    with pytest.raises(Died):
        reached("decided")
    arm(shared, store_is_overridden=True)  # the next process
    reached("decided")


def test_kill_and_stop_are_what_the_kernel_makes_of_them():
    code = (
        "import sys; from backorder.failpoint import arm, reached\n"
        "arm({'PROMISED_FAILPOINT': 'decided:stop, level.read:kill'}, store_is_overridden=True)\n"
        "reached('decided'); print('awake', flush=True); reached('level.read'); print('never')"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    waker = threading.Timer(0, process.send_signal, [signal.SIGCONT])
    waker.start()
    said, _ = process.communicate(timeout=30)
    waker.join()
    assert (said, process.returncode) == ("awake\n", -signal.SIGKILL)
