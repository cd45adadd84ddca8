"""The mailbox's pages, and its switches for tests."""

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from devstore.mailbox.box import MODES, Mailbox
from devstore.mailbox.letter import Mail

EXTENSION = "devstore.mailbox"

mailbox = Blueprint("mailbox", __name__, template_folder="templates")


def mailbox_of(app: Flask) -> Mailbox:
    """The mailbox behind a store's web application: ``create_app`` makes it, whoever runs the store opens it."""
    box: Mailbox = app.extensions[EXTENSION]
    return box


@mailbox.record_once
def _install(state: BlueprintSetupState) -> None:
    world = state.app.extensions["devstore.world"]
    state.app.extensions.setdefault(EXTENSION, Mailbox(world.now))


def _box() -> Mailbox:
    return mailbox_of(current_app)


def _mail_or_404(mail_id: int) -> Mail:
    return _box().find(mail_id) or abort(404, "There is no such letter.")


@mailbox.get("/mailbox")
def letters() -> str:
    """All letters, the newest first."""
    box = _box()
    return render_template("mailbox/letters.html", mails=box.messages[::-1], mode=box.mode, modes=MODES)


@mailbox.get("/mailbox/<int:mail_id>")
def letter(mail_id: int) -> str:
    """One letter."""
    return render_template("mailbox/letter.html", mail=_mail_or_404(mail_id))


@mailbox.get("/mailbox/<int:mail_id>/html")
def letter_html(mail_id: int) -> Response:
    """The HTML part alone, for a frame: nothing in it runs, nothing is loaded from elsewhere."""
    page = Response(_mail_or_404(mail_id).html or "", mimetype="text/html")
    page.headers["Content-Security-Policy"] = (
        "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    return page


@mailbox.get("/mailbox/<int:mail_id>/raw")
def letter_raw(mail_id: int) -> Response:
    """The letter as it came."""
    return Response(_mail_or_404(mail_id).raw, mimetype="text/plain")


@mailbox.post("/mailbox/clear")
def empty() -> AnyResponse:
    _box().clear()
    return redirect(url_for("mailbox.letters"), 303)


@mailbox.post("/mailbox/mode")
def switch() -> AnyResponse:
    """Change the mood from the page. An unknown one is refused."""
    try:
        _box().set_mode(request.form.get("mode", ""))
    except ValueError as error:
        abort(422, str(error))
    return redirect(url_for("mailbox.letters"), 303)


@mailbox.get("/_control/mails")
def control_mails() -> Response:
    """Every letter, the oldest first."""
    return jsonify([mail.as_json() for mail in list(_box().messages)])


@mailbox.post("/_control/mails/clear")
def control_clear() -> Response:
    _box().clear()
    return jsonify({"mails": 0})


@mailbox.post("/_control/mails/mode")
def control_mode() -> tuple[Response, int]:
    """``{"mode": "…"}``, one of ``MODES``; 422 with a sentence for any other."""
    asked = request.get_json(silent=True)
    try:
        _box().set_mode(str(asked.get("mode")) if isinstance(asked, dict) else "")
    except ValueError as error:
        return jsonify({"error": str(error)}), 422
    return jsonify({"mode": _box().mode}), 200
