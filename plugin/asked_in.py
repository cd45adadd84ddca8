"""Which of the languages that our letters speak a browser asks for."""

from flask import Request

from backorder.mail.language import LANGUAGES


def asked_in(request: Request) -> str | None:
    """The language that whoever asks likes best of those that we have, by ``Accept-Language``; None where they like none."""
    return request.accept_languages.best_match(LANGUAGES)
