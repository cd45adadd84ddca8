"""The bounce page: nothing but App Bridge, which comes back to ``shopify-reload`` with a fresh token (platform §2.5)."""

from flask import render_template, request

from plugin.problems import Kind, Problem
from plugin.session import is_our_own_path


def bounce() -> str:
    """The page. Refuses to come back to anybody else's address: they would be handed the token."""
    if not is_our_own_path(request.args.get("shopify-reload", "")):
        raise Problem(Kind.REFUSED, "This page only leads back to the app's own pages.")
    return render_template("bounce.html")
