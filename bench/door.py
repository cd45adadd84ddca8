"""A web server to be measured, as a process of its own: ``python -m bench.door ours|bare|bare-quote``.

All are started by the same ``promised.server.Server`` that ``promised web`` and ``promised serve`` use: gunicorn, one process,
class gthread, the same number of threads. ``ours`` is the whole product's web application over its migrated books; its bell
is carried by the real ringer, to nobody. Settings come from the environment, as everywhere.
"""

import sys
from typing import Any

from backorder.config import read_settings
from backorder.db import migrate
from backorder.db.engine import Database
from backorder.house import build
from bench.bare import bare, create_table
from bench.bare_quote import bare_quote
from plugin.app import create_app
from promised.hush import secrets_of
from promised.server import Server
from promised.voice import speak
from workers.ringer import Ringer


def main(which: str) -> None:
    """Serve until told to stop."""
    settings = read_settings(env_file=None)
    speak(secrets_of(settings))

    def ours() -> Any:
        ringer = Ringer(lambda _what: None)
        ringer.start()
        return create_app(build(settings, ringer))

    def other() -> Any:
        handler = bare if which == "bare" else bare_quote
        return handler(settings.database_url, settings.shopify_api_secret.get_secret_value())

    if which == "ours":
        books = Database(settings.database_url)
        migrate.upgrade(books)
        books.close()
    elif which == "bare":
        create_table(settings.database_url)
    Server(settings.port, ours if which == "ours" else other, workers=1).run()


if __name__ == "__main__":
    main(sys.argv[1])
