"""The storefront's blueprint: every page of it hangs here."""

from pathlib import Path

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from devstore.storefront.carts import Carts
from devstore.storefront.theme import Theme, page_locale

LANGUAGE = "localization"  # a cookie: the language that was chosen stays, from page to page
CARTS, THEME = "devstore.carts", "devstore.theme"
BLOCKS = Path(__file__).resolve().parents[2] / "extensions" / "promise-block"

storefront = Blueprint("storefront", __name__, template_folder="templates")


@storefront.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(CARTS, Carts())
    state.app.extensions.setdefault(THEME, Theme(BLOCKS))


@storefront.after_request
def _keep_the_language(answer: Response) -> Response:
    if "locale" in request.args:
        answer.set_cookie(LANGUAGE, locale_here(), httponly=True, samesite="Lax")
    return answer


def locale_here() -> str:
    """The visitor's language: the one asked for now, or the one that was chosen before."""
    return page_locale(request.args.get("locale") or request.cookies.get(LANGUAGE))


def carts() -> Carts:
    """The carts of everyone who is shopping."""
    found: Carts = current_app.extensions[CARTS]
    return found


def theme() -> Theme:
    """The theme all shops here wear."""
    found: Theme = current_app.extensions[THEME]
    return found
