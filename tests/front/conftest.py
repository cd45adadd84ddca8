import logging

import pytest
import structlog

from tests.webhooks.cast import FORMER_SECRET, SECRET

COMMANDS = [
    *("serve", "web", "worker", "beat", "migrate", "check"),
    *("reconcile", "rebuild", "move", "export", "restore", "leave", "verify", "replay", "bench", "demo"),
]


@pytest.fixture
def surroundings(tmp_path, monkeypatch):
    """An environment in which the app starts, in a folder of its own; logging is as before afterwards."""
    root = logging.getLogger()
    before, level, configured = root.handlers[:], root.level, structlog.get_config()
    given = {
        "APP_URL": "https://promised.example.com",
        "SHOPIFY_API_KEY": "key-of-the-app",
        "SHOPIFY_API_SECRET": SECRET,
        "SHOPIFY_API_SECRET_PREVIOUS": FORMER_SECRET,
        "SECRET_KEY": "secret-key-for-links",
        "ENCRYPTION_KEY": "encryption-key-for-books",
        "DATABASE_URL": f"sqlite:///{tmp_path}/books.db",
    }
    for name in ("REDIS_URL", "SMTP_URL", "CLOCK_FILE", "SHOPIFY_SHOP_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield given
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.configure(**configured)
