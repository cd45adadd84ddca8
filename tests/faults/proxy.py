"""A proxy on loopback between us and a server: it can swallow, cut, and lose exactly the answer to one word."""

import select
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65_536
LOOK_EVERY = 0.05
# How the driver says it, and nothing else: BEGIN names READ COMMITTED.
COMMIT = b"COMMIT\0"


class Proxy:
    """Carries bytes both ways, as long as it is let. ``url`` is the server's address, with the proxy's port in ours."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._server = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LOOK_EVERY)
        self.port = self._listener.getsockname()[1]
        self.url = urlunsplit(parts._replace(netloc=parts.netloc.replace(str(parts.port), str(self.port))))
        self.swallows = False  # takes what it is given and says nothing
        self.refuses = False  # hangs up on whoever comes
        self.loses_answers = 0  # how often from now on the word is carried over, and its answer lost
        self.word = COMMIT
        self.lost = 0
        self._closing = threading.Event()
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._listen, name="proxy", daemon=True)]
        self._threads[0].start()

    def cut(self) -> None:
        """Hang up on everybody, in the middle of whatever they say."""
        with self._lock:
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._closing.set()
        self.cut()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            if self.refuses:
                client.close()
                continue
            carrier = threading.Thread(target=self._carry, args=(client,), name="proxy-line", daemon=True)
            self._threads.append(carrier)
            carrier.start()

    def _carry(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server, timeout=5)
        except OSError:
            client.close()
            return
        with self._lock:
            self._lines |= {client, server}
        try:
            while not self._closing.is_set() and self._once(client, server):
                pass
        except OSError:
            pass
        finally:
            with self._lock:
                self._lines -= {client, server}
            client.close()
            server.close()

    def _once(self, client: socket.socket, server: socket.socket) -> bool:
        """Carry what there is. False when a side has hung up."""
        for line in select.select([client, server], [], [], LOOK_EVERY)[0]:
            said = line.recv(CHUNK)
            if not said:
                return False
            if self.swallows:
                continue
            if line is client and self.word in said and self.loses_answers:
                self.loses_answers -= 1
                server.sendall(said)
                server.recv(CHUNK)  # the server has done it and says so, to nobody
                self.lost += 1
                return False
            (server if line is client else client).sendall(said)
        return True
