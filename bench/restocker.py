"""``promised serve`` as it is, with one thread more that restocks when it is told to: ``python -m bench.restocker``.

It reads a line from stdin and settles the goods of 10,000 lines that wait (``bench.waiting``), as the worker does, in the process
that takes the webhooks; another quarter of what is waited for comes in with each line. Then it prints how long that took.
"""

import json
import sys
import threading
import time
from importlib import import_module
from typing import Any

from flask import Flask

from backorder.config import read_settings
from backorder.house import House
from promised.hush import secrets_of
from promised.serve import Embedded, bring_up_to_date
from promised.server import Server
from promised.voice import speak


class Restocking(Embedded):
    """The embedded mode, and the restocks."""

    house: House

    def make_app(self) -> Flask:
        app = super().make_app()
        self.house = app.extensions["house"]
        return app

    def start(self, worker: Any) -> None:
        super().start(worker)
        threading.Thread(target=self._restock, daemon=True, name="restock").start()

    def _restock(self) -> None:
        waiting, settling = import_module("bench.waiting"), import_module("backorder.settle")
        problem = waiting.Problem(*json.loads(sys.argv[1]))
        claimed = problem.claimed
        # A house that has been at work has put its statements into words.
        self._settle(waiting, settling, problem, {})
        for quarter, _ in enumerate(sys.stdin, start=1):
            shelf = {item: units * quarter // 4 for item, units in claimed.items()}
            print(json.dumps({"seconds": self._settle(waiting, settling, problem, shelf)}), flush=True)

    def _settle(self, waiting: Any, settling: Any, problem: Any, shelf: dict[int, int]) -> float:
        """Settle what lies on the shelves; in how many seconds."""
        waiting.mark(problem, self.house.db)
        began = time.monotonic()
        for portion in waiting.readings(problem, self.house.db, shelf):
            settling.settle(self.house.db, waiting.SHOP, portion, waiting.NOW)
        return time.monotonic() - began


if __name__ == "__main__":
    settings = read_settings(env_file=None).model_copy(update={"redis_url": None})
    speak(secrets_of(settings))
    bring_up_to_date(settings.database_url)
    embedded = Restocking(settings)
    Server(
        settings.port, embedded.make_app, workers=1, post_worker_init=embedded.start, worker_exit=embedded.stop
    ).run()
