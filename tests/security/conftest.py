"""The two shops of the plugin's tests, and the town of the stories: the guards are tried where the product runs."""

from tests.plugin.conftest import alice, app, bob, client, house, stage, staged_books
from tests.stories.conftest import time, town

__all__ = ["alice", "app", "bob", "client", "house", "stage", "staged_books", "time", "town"]
