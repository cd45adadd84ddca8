"""Letters in six languages: every sentence is there, counts agree, and days are written as the product page writes them."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel import Locale

from backorder.mail.compose import compose
from backorder.mail.language import LANGUAGES, WORDS, spoken
from backorder.mail.letter import Choice
from backorder.mail.render import render
from backorder.rules.revision import Why

from .cast import ARRIVED, CONFIRMATION, DATE_CHANGED, LAMPS, LETTERS
from .reading import read

EXTENSIONS = Path(__file__).parents[2] / "extensions"
DAY = date(2026, 12, 7)
RANGE = replace(LAMPS, ship_from=date(2026, 12, 1))
PLACES = re.compile(r"\{(\w+)\}")


def sentences(language):
    tables = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{table}.{name}": said for table, names in tables.items() for name, said in names.items()}


def lacking(theirs, ours):
    """What a language lacks of the English sentences, or says with other places, or says and English does not."""
    wrong = sorted(theirs.keys() ^ ours.keys())
    for name in theirs.keys() & ours.keys():
        forms = theirs[name].values() if isinstance(theirs[name], dict) else [theirs[name]]
        model = ours[name]["other"] if isinstance(ours[name], dict) else ours[name]
        alike = isinstance(theirs[name], dict) == isinstance(ours[name], dict)
        if not alike or any(set(PLACES.findall(form)) != set(PLACES.findall(model)) or not form for form in forms):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_sentence_with_the_same_places(language):
    assert lacking(sentences(language), sentences("en")) == []


def test_a_sentence_that_is_missing_or_lost_a_place_would_be_found():
    english = sentences("en")
    assert lacking({name: said for name, said in english.items() if name != "line.by"}, english) == ["line.by"]
    assert lacking(english | {"line.by": "Ships soon"}, english) == ["line.by"]
    assert lacking(english | {"line.units": {"one": "{count} unit", "other": "units"}}, english) == ["line.units"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_has_a_form_for_every_way_to_count_a_few_units(language):
    wanted = {Locale(language).plural_form(count) for count in range(200)}
    for name, forms in sentences(language).items():
        if isinstance(forms, dict):
            assert set(forms) >= wanted, name


def test_letters_speak_the_languages_of_the_page_and_the_checkout():
    for extension in ("promise-block", "promise-at-checkout"):
        files = (EXTENSIONS / extension / "locales").glob("*.json")
        assert {file.name.split(".")[0] for file in files} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wait_is_told_in_the_words_of_the_checkout(language):
    """A day, a range, and what a supplier sends without one: the letter's sentence is the one that stood under the line at checkout."""
    name = "en.default" if language == "en" else language
    words = json.loads((EXTENSIONS / "promise-at-checkout" / "locales" / f"{name}.json").read_text("utf-8"))["line"]
    theirs = {key: re.sub(r"\{\{ (\w+) \}\}", r"{\1}", words[key]) for key in ("by", "between")}
    ours = sentences(language)
    assert ours["line.asap_directly"] == words["directly"]
    assert ours["line.by"].replace("{day}", "{date}") == theirs["by"]
    assert ours["line.between"].replace("{day}", "{date}").replace("{first}", "{from}") == theirs["between"]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Ships by December 7, 2026"),
        ("en-GB", "Ships by 7 December 2026"),
        ("de-AT", "Versand bis 7. Dezember 2026"),
        ("fr-CA", "Expédié au plus tard le 7 décembre 2026"),
        ("es-MX", "Se envía a más tardar el 7 de diciembre de 2026"),
        ("nl-BE", "Verzending uiterlijk 7 december 2026"),
        ("ja", "2026年12月7日までに発送します"),
        *((other, "Ships by December 7, 2026") for other in ("pt-BR", "zh-Hant-TW", "", None, "?", "en-", "english")),
        *((other, "Expédié au plus tard le 7 décembre 2026") for other in ("FR", "fr_CA", "fr-QQ", "fr-<b>")),
    ],
)
def test_a_buyer_reads_their_language_and_english_where_we_have_no_words(locale, said):
    letter = render(replace(CONFIRMATION, locale=locale))
    assert said in letter.text
    assert said in letter.html


@pytest.mark.parametrize(
    ("locale", "one", "two"),
    [
        ("de", "1 Stück fehlt noch", "2 Stück fehlen noch"),
        ("fr", "1 unité en attente", "2 unités en attente"),
        ("es", "1 unidad pendiente", "2 unidades pendientes"),
        ("nl", "1 stuk volgt nog", "2 stuks volgen nog"),
        ("ja", "1点が発送待ち", "2点が発送待ち"),
        ("en", "1 unit waits", "2 units wait"),
    ],
)
def test_one_is_counted_otherwise_than_two(locale, one, two):
    language = spoken(locale)
    assert language.count("line.units_wait", 1) == one
    assert language.count("line.units_wait", 2) == two


def test_french_counts_none_as_one_and_english_does_not():
    assert spoken("fr").count("line.units", 0) == "0 unité"
    assert spoken("en").count("line.units", 0) == "0 units"


def test_thousands_are_grouped_as_the_reader_groups_them():
    assert spoken("en").count("line.units", 1234567) == "1,234,567 units"
    assert spoken("de").count("line.units", 1234567) == "1.234.567 Stück"


def test_a_range_is_told_as_a_range_and_its_change_by_what_it_was():
    assert "Ships between December 1, 2026 and December 7, 2026" in render(replace(CONFIRMATION, lines=(RANGE,))).text
    moved = replace(RANGE, ship_by=date(2026, 12, 17), ship_from=date(2026, 12, 9), was=DAY, was_from=date(2026, 12, 1))
    text = render(replace(DATE_CHANGED, lines=(moved,))).text
    assert "Ships between December 9, 2026 and December 17, 2026" in text
    assert "Before: between December 1, 2026 and December 7, 2026" in text


@pytest.mark.parametrize(
    ("locale", "moment"),
    [
        ("en-GB", "7 December 2026, 16:30"),
        ("de", "7. Dezember 2026, 16:30"),
        ("es", "7 de diciembre de 2026, 16:30"),
        ("fr", "7 décembre 2026, 16:30"),
        ("ja", "2026年12月7日 16:30"),
        ("nl", "7 december 2026, 16:30"),
    ],
)
def test_a_buyer_who_is_asked_reads_until_when_in_their_language(locale, moment):
    until = datetime(2026, 12, 7, 16, 30, tzinfo=UTC)
    asked = replace(CONFIRMATION, locale=locale, choice=Choice("https://app.example/choose/1", until))
    letter, english = render(asked), render(replace(asked, locale="en"))
    assert moment in letter.text
    assert moment in letter.html
    if locale != "en-GB":
        assert not {line for line in letter.text.splitlines() if "choose" in line.lower() and "http" not in line}
        assert "Ships as you choose" in english.text
        assert "Ships as you choose" not in letter.text


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_is_in_one_language_from_its_subject_to_its_foot(kind, locale):
    letter = render(replace(LETTERS[kind], locale=locale, reason=Why.SUPPLIER_LATE.value))
    english = render(replace(LETTERS[kind], locale="en", reason=Why.SUPPLIER_LATE.value))
    assert letter.language == dict(read(letter.html).tags)["html"]["lang"] == locale
    assert len(letter.subject) <= 65
    if locale != "en":
        facts = {"Northlight Lamps", "Desk lamp, brass (LAMP-BRASS)", "Oak chair (CHAIR-OAK)", "Wool rug", "--"}
        same = {line.strip() for line in letter.text.splitlines()} & {
            line.strip() for line in english.text.splitlines()
        }
        assert {line for line in same if line.strip("-")} <= facts


def test_a_reason_of_ours_is_translated_and_another_is_told_word_for_word():
    late = replace(DATE_CHANGED, locale="de", reason=Why.SUPPLIER_LATE.value)
    assert "Die Lieferung unseres Lieferanten trifft später ein als geplant." in render(late).text
    assert "The ship that carries our lamps" in render(replace(DATE_CHANGED, locale="de")).text


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "The reason: It is sent to you directly by our supplier now"),
        ("de", "Unser Lieferant versendet die Ware jetzt direkt an Sie"),
        ("fr", "Notre fournisseur vous l’expédie désormais directement"),
        ("es", "nuestro proveedor se lo envía directamente"),
        ("nl", "Onze leverancier stuurt het nu rechtstreeks naar u"),
        ("ja", "仕入先から直接お送りすることになり"),
    ],
)
def test_who_is_served_by_a_supplier_directly_now_is_told_that_in_their_language(locale, said):
    text = render(replace(DATE_CHANGED, locale=locale, reason=Why.SENT_DIRECTLY.value)).text
    assert said in " ".join(text.split())


@pytest.mark.parametrize(
    ("locale", "stock"),
    [
        ("en", ("new stock", "is in", "arrives", "backorder")),
        ("de", ("Nachschub", "da ist", "eintrifft", "achbestellt")),
        ("fr", ("du stock", "arrivé", "réception", "réapprovisionnement")),
        ("es", ("existencias", "llegue", "llegar", "bajo pedido")),
        ("nl", ("voorraad", "binnen is", "nabestelling")),
        ("ja", ("入荷", "取り寄せ")),
    ],
)
@pytest.mark.parametrize("kind", ["confirmation", "you_should_know", "date_changed"])
def test_who_waits_for_a_supplier_alone_hears_of_no_stock_of_ours_in_any_language(kind, locale, stock):
    line = replace(LAMPS, ship_by=None, was=DAY, sent_directly=True)
    for day in (None, date(2026, 12, 17)):
        lines = (replace(line, ship_by=day),)
        letter = render(replace(LETTERS[kind], locale=locale, lines=lines, reason=Why.NO_DAY.value))
        assert not [word for word in stock if word in letter.subject + letter.text]
        assert len(letter.subject) <= 65


@pytest.mark.parametrize("locale", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_about_a_suppliers_parcel_is_in_one_language(kind, locale):
    ready = 1 if kind == "arrived" else 0
    lines = (replace(LAMPS, ship_by=None, was=DAY, units_ready=ready, sent_directly=True),)
    theirs, english = (
        render(replace(LETTERS[kind], locale=to, lines=lines, reason=Why.NO_DAY.value)) for to in (locale, "en")
    )
    same = {line.strip() for line in theirs.text.splitlines()} & {line.strip() for line in english.text.splitlines()}
    assert {line for line in same if line.strip("-")} <= {"Northlight Lamps", "Desk lamp, brass (LAMP-BRASS)"}


def test_the_message_says_its_language():
    message = compose(
        replace(ARRIVED, locale="nl-BE"), to="ada@home.example", mail_from="mail@promised.example", at=datetime.now(UTC)
    )
    assert message["Content-Language"] == "nl-BE"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_hostile_title_is_text_in_every_language(locale):
    hostile = render(replace(CONFIRMATION, locale=locale, lines=(replace(LAMPS, title="<script>x</script> {day}"),)))
    assert "<script>" not in hostile.html
    assert "{day}" in hostile.text
