"""The back office's blueprint, and how every act in it ends: back on a page, with a word about how it went."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from devstore.backoffice.notes import Note, Notes
from devstore.here import current_world
from devstore.model import Shop
from devstore.saying import StoreSays

NOTES = "devstore.notes"
Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")

backoffice = Blueprint(
    "backoffice", __name__, template_folder="templates", static_folder="static", static_url_path="/_static/backoffice"
)


@backoffice.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(NOTES, Notes())


@backoffice.app_template_filter("shop_time")
def shop_time(moment: datetime, shop: Shop, pattern: str = "%-d %b %Y, %H:%M") -> str:
    """An instant in the shop's own time."""
    return moment.astimezone(ZoneInfo(shop.timezone)).strftime(pattern)


@backoffice.app_template_filter("plain_words")
def plain_words(code: str) -> str:
    """``ON_HOLD`` → ``On hold``."""
    return code.replace("_", " ").capitalize()


def one_moment(view: Callable[Asked, Answered]) -> Callable[Asked, Answered]:
    """Run a view under the world's lock: its page shows one moment, whoever is at work meanwhile."""

    @wraps(view)
    def locked(*args: Asked.args, **kwargs: Asked.kwargs) -> Answered:
        with current_world().lock:
            return view(*args, **kwargs)

    return locked


def page(template: str, shop: Shop, **values: object) -> str:
    """A page of the back office, with the word that was left for its visitor."""
    note = _notes().take(request.args.get("note", type=int))
    return render_template(f"backoffice/{template}.html", world=current_world(), shop=shop, note=note, **values)


def attempt(act: Callable[[], str], back: str, where: str = "") -> Response:
    """Do ``act`` and go ``back`` with the sentence it returns, or with what the store says against it."""
    try:
        note = Note(act(), where=where)
    except StoreSays as refusal:
        note = Note(refusal.message, wrong=True, where=where)
    path, mark, anchor = back.partition("#")
    return redirect(f"{path}?note={_notes().leave(note)}{mark}{anchor}", 303)


def number(name: str, label: str) -> int:
    """A whole number from the form. Raises ``StoreSays`` when there is none."""
    value = request.form.get(name, type=int)
    if value is None:
        raise StoreSays(f"{label} is a whole number.", (name,))
    return value


def amount(name: str, label: str) -> float:
    """A number from the form, 0 or more. Raises ``StoreSays`` when there is none."""
    value = request.form.get(name, type=float)
    if value is None or not 0 <= value < float("inf"):
        raise StoreSays(f"{label} is a number, 0 or more.", (name,))
    return value


def _notes() -> Notes:
    notes: Notes = current_app.extensions[NOTES]
    return notes
