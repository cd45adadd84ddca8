"""Each measurement in miniature: it runs, and prints one line that a program can read. How quick it was is nobody's business here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.knocker import Wish, knock
from bench.processes import free_port, process, settings

pytestmark = pytest.mark.long


def measured(*arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "promised", "bench", *arguments],
        env={name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    (line,) = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return line


def test_the_receiver_is_measured_beside_the_bare_handler():
    found = measured("receiver", "--count", "40", "--turns", "2", "--connections", "2")
    assert found["ratio"] > 0
    assert found["ours"]["per_second"] > 0
    assert found["bare"]["per_second"] > 0


def test_a_live_quote_is_measured_beside_a_bare_handler():
    found = measured("quote", "--count", "20", "--turns", "2", "--connections", "2")
    assert found["p99_ratio"] > 0
    assert found["ours_p99_ms"] >= found["ours_p50_ms"] > 0


def test_the_time_from_order_to_hold_is_measured():
    found = measured("promise", "--rate", "5", "--seconds", "1", "--rest", "0")
    assert (found["orders"], found["never_held"]) == (5, 0)
    assert found["placed_p95_seconds"] >= found["placed_p50_seconds"] > 0


def test_a_burst_is_drained_and_the_reads_of_it_are_counted():
    found = measured("burst", "--orders", "6", "--variants", "2")
    assert (found["never_held"], found["left"]) == (0, 0)
    assert found["drained_seconds"] >= found["held_seconds"] > 0
    assert found["level_reads"] >= 2
    assert found["requests"]["Hold"] == 6


def test_promises_of_simulated_shops_are_kept_as_often_as_was_asked():
    """The dice are loaded with a seed, so these few shops are the same ones everywhere."""
    found = measured("coverage", "--seeds", "6")
    assert 82 <= found["kept_percent"] <= 88
    assert found["baseline_kept_percent"] < found["kept_percent"] <= found["bound_kept_percent"]
    assert found["share_closed"] >= 0.7
    assert found["mean_wait_days"] < found["baseline_wait_days_at_equal_kept"]
    assert found["share_closed"] > found["shrunk_quantile_share_closed"] > 0
    assert found["mean_wait_days"] < found["shrunk_quantile_wait_days"]


def test_a_long_queue_is_measured_beside_a_short_one():
    found = measured("depth", "--deep", "120", "--shallow", "60", "--units", "10", "--turns", "1")
    assert found["ratio"] > 0
    assert set(found["pages_ms"]["deep"]) == {"backlog", "totals", "queue", "why nobody"}


def test_a_soak_ends_with_a_verdict_and_writes_its_samples(tmp_path: Path):
    file = tmp_path / "samples.csv"
    found = measured("soak", "--minutes", "0.05", "--rate", "20", "--kill-every", "0", "--csv", str(file))
    assert found["reasons"] == []
    assert found["verify_holds"]
    assert file.read_text().startswith("seconds,resident_mib,files,threads")


@pytest.fixture
def bare_door(tmp_path: Path):
    """The bare handler under the product's server."""
    port = free_port()
    environment = settings(port, f"sqlite:///{tmp_path / 'bare.db'}")
    with process(["bench.door", "bare"], environment, tmp_path / "bare.log") as one:
        one.answers(f"http://127.0.0.1:{port}/")
        yield port, environment["SHOPIFY_API_SECRET"]


def test_the_bare_handler_does_check_signatures_or_it_would_be_no_limit(bare_door):
    port, secret = bare_door
    assert knock(Wish(port, secret, count=5, connections=1)).refused == 0
    assert knock(Wish(port, "another secret", count=5, connections=1)).refused == 5
