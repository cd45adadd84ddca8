"""Every address of the app, from its own map, with the methods it takes and whether it is anybody's business."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

# What answers without a session token, and why that is right.
OPEN = {
    "static": "our own files; nothing of anybody",
    "health.healthz": "says that the process lives",
    "health.readyz": "says what is missing, naming no shop",
    "health.metrics": "for operators, by a token of its own (test_figures_are_for_operators)",
    "api.openapi": "the description of the API",
    "pages.bounce": "nothing but App Bridge",
    "proxy.show_quote": "proven by the store's signature over the query (test_proxied_requests); what any shopper may know",
    "choice.show_choice": "proven by our signature in a letter's link, one order's goods and days (tests/plugin/test_choice)",
    "choice.make_choice": "the same; it says how that order is sent",
    "webhooks.receive": "proven by the store's signature over the body (tests/webhooks)",
}


@dataclass(frozen=True)
class Address:
    """One rule of the map with one method."""

    rule: Rule
    method: str

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def is_api(self) -> bool:
        return self.rule.rule.startswith("/api/")

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule.rule}"

    def path(self, **ids: int) -> str:
        """The path with these ids in it; others stand at 1."""
        made = self.rule.build({name: ids.get(name, 1) for name in self.rule.arguments}, append_unknown=False)
        assert made is not None
        return str(made[1])


def guarded(app: Flask) -> Iterator[Address]:
    """Every address behind a session token, HEAD and OPTIONS too."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in OPEN:
            for method in sorted(rule.methods or ()):
                yield Address(rule, method)
