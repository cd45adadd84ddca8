"""A letter's facts as a subject, a text and an HTML page.

Each kind of letter is *one* template: its sentences are written once and laid out twice, by the
``page.j2`` and ``parts.j2`` of ``templates/text`` and of ``templates/html``. The two cannot disagree.
"""

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backorder.mail import wording
from backorder.mail.language import Language, spoken
from backorder.mail.letter import Letter, LetterLine
from backorder.mail.one_line import isolated, one_line

TEMPLATES = Path(__file__).parent / "templates"
_PUT = {"ships": wording.ships, "before": wording.before, "preview": wording.preview}


@dataclass(frozen=True)
class Rendered:
    """The letter as it is read: ``text`` and ``html`` say the same, in the ``language`` of that tag."""

    subject: str
    text: str
    html: str
    language: str


def render(letter: Letter) -> Rendered:
    """The letter in words. The same facts give the same words, on every machine and day."""
    language = spoken(letter.locale)
    facts = _facts(letter, language)
    name = f"{letter.kind}.j2"
    text = _TEXT.get_template(name).make_module(facts)
    html = _HTML.get_template(name).render(facts)
    return Rendered(" ".join(str(vars(text)["subject"]).split()), _evenly_spaced(str(text)), html, language.tag)


def _facts(letter: Letter, language: Language) -> dict[str, object]:
    tidy = replace(
        letter,
        shop_name=isolated(one_line(letter.shop_name)),
        order_name=isolated(one_line(letter.order_name)),
        reason=_tidy_reason(letter.reason, language),
        lines=tuple(_tidy_line(line, language) for line in letter.lines),
    )
    return {
        "letter": tidy,
        "language": language.tag,
        "greeting": wording.greeting(letter.first_name, language),
        "say": language.say,
        "count": language.count,
        "moment": language.moment,
        **{name: partial(put, language=language) for name, put in _PUT.items()},
    }


def _tidy_line(line: LetterLine, language: Language) -> LetterLine:
    sku = isolated(one_line(line.sku)) if line.sku else None
    return replace(line, title=isolated(one_line(line.title)), sku=sku, reason=_tidy_reason(line.reason, language))


def _tidy_reason(reason: str | None, language: Language) -> str | None:
    return isolated(language.reason(one_line(reason))) if reason else None


def _evenly_spaced(text: str) -> str:
    """Paragraphs one blank line apart, whatever the template's own lines left between them."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def _environment(form: str, *, markup: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader([TEMPLATES / form, TEMPLATES]),
        autoescape=markup,  # noqa: S701  # plain text has no markup to escape; the page escapes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_TEXT = _environment("text", markup=False)
_HTML = _environment("html", markup=True)
