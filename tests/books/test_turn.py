"""The turn to write: in order, those in a hurry first, nobody forgotten."""

import threading
import time

from backorder.db.turn import HURRIED_IN_A_ROW, Turn


def until(turn: Turn, waiting: int) -> None:
    """Until so many wait."""
    pause = threading.Event()
    for _ in range(500):
        if len(turn._hurried) + len(turn._others) == waiting:
            return
        pause.wait(0.01)
    raise AssertionError("they never came")


def served(turn: Turn, *, hurried: int, others: int) -> list[str]:
    """In which order those are served who came while the turn was taken: first all others, then all in a hurry."""
    order: list[str] = []

    def ask(name: str, *, hurry: bool) -> None:
        assert turn.acquire(10, hurry=hurry)
        order.append(name)
        turn.release()

    assert turn.acquire(1)
    threads = []
    for number in range(others + hurried):
        hurry = number >= others
        name = f"{'hurried' if hurry else 'other'} {number if not hurry else number - others}"
        threads.append(threading.Thread(target=ask, args=(name,), kwargs={"hurry": hurry}))
        threads[-1].start()
        until(turn, number + 1)
    turn.release()
    for thread in threads:
        thread.join(10)
    return order


def test_it_is_given_in_the_order_of_asking():
    assert served(Turn(), hurried=0, others=4) == ["other 0", "other 1", "other 2", "other 3"]


def test_who_is_in_a_hurry_goes_first():
    assert served(Turn(), hurried=1, others=2) == ["hurried 0", "other 0", "other 1"]


def test_those_in_a_hurry_cannot_keep_the_others_out():
    order = served(Turn(), hurried=HURRIED_IN_A_ROW + 2, others=1)
    assert order.index("other 0") == HURRIED_IN_A_ROW


def test_who_does_not_get_it_in_time_is_not_given_it_later():
    turn = Turn()
    assert turn.acquire(1)
    assert not turn.acquire(0.01)
    turn.release()
    assert turn.acquire(0.01), "nobody holds it"


def times_out_of_turn(lock: "Turn | threading.Lock") -> int:
    """How often a thread that lets go and asks again at once has it back before another that waits."""
    over, got = threading.Event(), 0

    def wait() -> None:
        lock.acquire(timeout=10)
        over.set()
        lock.release()

    lock.acquire(timeout=1)
    other = threading.Thread(target=wait)
    other.start()
    time.sleep(0.05)  # it waits now; with a plain lock there is no other way to know
    lock.release()
    while lock.acquire(timeout=10) and not over.is_set():
        got += 1
        lock.release()
    lock.release()
    other.join(10)
    return got


def test_it_is_handed_on_to_whoever_waits():
    assert times_out_of_turn(Turn()) == 0


def test_a_plain_lock_would_be_taken_back_again_and_again():
    assert max(times_out_of_turn(threading.Lock()) for _ in range(5)) > 0
