"""An application on a port of its own, for whoever comes over the line: a browser, or a program."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import Any

from werkzeug.serving import make_server

# Seconds between two looks whether it should stop. The half second that is usual is what most tests would wait at their end.
LOOKS = 0.01


def serve(server: BaseServer) -> None:
    """Serve until ``shutdown``, which comes back at once."""
    server.serve_forever(poll_interval=LOOKS)


@contextmanager
def served(application: Any) -> Iterator[int]:
    """Serves a WSGI application on loopback, each request in a thread of its own; yields the port."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=serve, args=(server,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
