"""The web server, started by us: gunicorn with threads, whose lines go through our own log."""

import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from promised.refusal import CannotStart

# SIGTERM to end, all told: 30 s (invariant I15). The rest is for the process itself to go.
GRACE_SECONDS = 25
THREADS = 8


class OurLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's log without its own handlers."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn on ``port``. ``make_app`` runs in each worker process, after the fork; ``options`` are gunicorn's."""

    def __init__(self, port: int, make_app: Callable[[], Flask], **options: Any) -> None:
        self._port = port
        self._options = {
            "bind": f"0.0.0.0:{port}",
            "proc_name": "promised",
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "logger_class": OurLog,
            "control_socket_disable": True,
            # No header speaks for the server: a proxy on this machine forwards whatever a stranger wrote.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            **options,
        }
        self._make_app = make_app
        super().__init__()

    def run(self) -> None:
        """Serve until told to stop; ends the process. Raises CannotStart where nobody can listen on the port."""
        # gunicorn would try for five seconds and say so in a dozen lines.
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", self._port))
            except OSError as error:
                why = (error.strerror or str(error)).lower()
                raise CannotStart(
                    f"PORT {self._port} cannot be listened on, {why}: stop what listens there, or set PORT to another."
                ) from None
        super().run()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make_app()
