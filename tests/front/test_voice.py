import io
import json
import logging
import warnings

import pytest
import structlog

from promised.hush import HIDDEN, Hush, secrets_of
from promised.voice import speak
from tests.webhooks.cast import FORMER_SECRET, LAMPLIGHT, SECRET, settings

TOKEN = "shpat_0123456789abcdef"


@pytest.fixture
def heard():
    """What is said from now on, an entry a line; afterwards logging is as it was."""
    root = logging.getLogger()
    before, level, configured = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    speak([SECRET], stream, json=True)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.configure(**configured)


def test_an_event_is_one_line_with_what_is_bound(heard):
    with structlog.contextvars.bound_contextvars(shop=LAMPLIGHT, webhook_id="webhook-1"):
        structlog.get_logger("webhooks").info("webhook kept", size=12)
    (entry,) = heard()
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "webhook kept",
        "level": "info",
        "logger": "webhooks",
        "shop": LAMPLIGHT,
        "webhook_id": "webhook-1",
        "size": 12,
    }


def test_libraries_speak_through_the_same_voice(heard):
    logging.getLogger("gunicorn.error").info("Booting worker with pid: %s", 7)
    (entry,) = heard()
    assert (entry["event"], entry["level"], entry["logger"]) == ("Booting worker with pid: 7", "info", "gunicorn.error")


def test_warnings_are_heard_and_debugging_is_not(heard):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old ways", UserWarning, stacklevel=1)
    logging.getLogger("sqlalchemy.engine").debug("SELECT 1")
    (entry,) = heard()
    assert "old ways" in entry["event"]


def test_a_secret_is_hidden_wherever_it_stands(heard):
    said = structlog.get_logger("store")
    said.info(f"asked with {SECRET}", address=f"https://x/?s={SECRET}", inner={"deep": [f"<{SECRET}>"]})
    try:
        int(f"refused {SECRET}")
    except ValueError:
        said.exception("failed")
    logging.getLogger("library").warning("it was %s", SECRET)
    assert len(heard()) == 3
    assert SECRET not in str(heard())
    assert HIDDEN in heard()[1]["exception"]


@pytest.mark.parametrize(
    "name", ["access_token", "refresh_token", "Authorization", "hmac", "X-Shopify-Hmac-Sha256", "password", "cookie"]
)
def test_a_field_named_like_a_secret_is_hidden_whatever_it_holds(heard, name):
    structlog.get_logger("store").info("exchanged", **{name: TOKEN}, inner={name: TOKEN})
    assert TOKEN not in str(heard())


def test_what_is_no_secret_is_left_alone():
    entry = {"shop": LAMPLIGHT, "units": 3, "done": True, "why": None, "event": "kept"}
    assert Hush([SECRET])(None, "info", entry) == entry


def test_all_secrets_of_the_settings_are_known_those_in_addresses_too():
    known = secrets_of(
        settings(
            "postgresql://promised:pg%40password@db/promised",
            redis_url="redis://:redis-password@cache:6379/0",
            smtp_url="smtp://mail:smtp-password@relay:587",
        )
    )
    assert {
        SECRET,
        FORMER_SECRET,
        "secret-key-for-links",
        "encryption-key-for-books",
        "pg%40password",
        "pg@password",
        "redis-password",
        "smtp-password",
    } <= set(known)


def test_on_a_terminal_lines_are_for_people(heard):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    speak([], terminal)
    structlog.get_logger("webhooks").info("webhook kept")
    assert "webhook kept" in terminal.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(terminal.getvalue())
