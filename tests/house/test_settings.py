"""What the operator decides: every line is documented, a wrong one stops the start with the sentence that helps."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from backorder.config import Settings, SettingsError, read_settings
from tests.house.repository import ROOT

EXAMPLE = ROOT / ".env.example"
NAMES = {name.upper() for name in Settings.model_fields}
DEVELOPMENT_STORE = "http://127.0.0.1:4010/{shop}"
COMPLETE = {
    "APP_URL": "https://promised.example.com",
    "SHOPIFY_API_KEY": "key-of-the-app",
    "SHOPIFY_API_SECRET": "secret-of-the-app",
    "SECRET_KEY": "signs-links-and-cookies",
    "ENCRYPTION_KEY": "seals-tokens-and-people",
}
SPELT = "in the password write / as %2F, @ as %40, # as %23 and ? as %3F"
A_SERVER = f"use postgresql://user:password@host:port/name; {SPELT}"
NO_FILE = "books in memory end with their process: name a file, for example sqlite:///var/promised.db"
A_FILE = "name a file by its path and nothing after it, for example sqlite:///var/promised.db"
AT_ITS_ROOT = "give scheme and host alone, for example https://promised.example.com: the app answers at its root"
A_BROKER = f"use redis://:password@host:port/number, or rediss:// for TLS; {SPELT}"
A_RELAY = f"use smtp://user:password@host:port; {SPELT}"
SOME_RELAY = "SMTP_URL must look like smtp://user:pass@host:port, with smtps:// or ?starttls for TLS"
SECRETS = {**COMPLETE, "SHOPIFY_API_SECRET_PREVIOUS": "former-secret-of-the-app"}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own environment decides here."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def read(tmp_path: Path, lines: Mapping[str, str]) -> Settings:
    """Settings from an env file of these lines."""
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return read_settings(file)


def refusal(tmp_path: Path, **changed: str) -> str:
    """What the operator reads when these lines differ from a complete file."""
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, {**COMPLETE, **changed})
    return str(refused.value)


def documented(text: str) -> dict[str, str]:
    """The settings that a file explains, commented out or not, with the value beside them."""
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(documented(EXAMPLE.read_text())) == NAMES


def test_an_undocumented_setting_would_be_missed() -> None:
    without = EXAMPLE.read_text().replace("RECONCILE_SECONDS=", "RECONCILE=")
    assert set(documented(without)) != NAMES


def test_what_the_example_shows_as_a_default_is_the_default() -> None:
    shown = documented(EXAMPLE.read_text())
    for name, field in Settings.model_fields.items():
        if not field.is_required() and field.default is not None:
            assert shown[name.upper()] == str(field.default)


def test_every_line_of_the_example_has_a_sentence_above_it() -> None:
    for block in EXAMPLE.read_text().split("\n\n"):
        first, *_ = block.splitlines()
        assert first.startswith("# "), block
        assert not documented(first), block


def test_the_example_sets_no_secret_that_somebody_could_leave_in_place() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(EXAMPLE)
    assert set(str(refused.value).splitlines()) == {
        f"{name} is not set: add it to the environment or to .env (see .env.example)." for name in COMPLETE
    }


def test_a_complete_file_starts_the_app(tmp_path: Path) -> None:
    settings = read(tmp_path, COMPLETE)
    assert settings.app_url == "https://promised.example.com"
    assert settings.embedded
    assert not settings.store_is_overridden


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_setting_is_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    without = {other: value for other, value in COMPLETE.items() if other != name}
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, without)
    assert str(refused.value) == f"{name} is not set: add it to the environment or to .env (see .env.example)."


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path, PORT="0", DATABASE_URL="mysql://host/name").splitlines()
    assert [line.split(":")[0] for line in said] == ["DATABASE_URL", "PORT"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "APP_URL",
            "promised.example.com",
            "APP_URL: give the address under which the app is reached, for example https://promised.example.com.",
        ),
        (
            "SHOPIFY_SHOP_URL",
            "http://127.0.0.1:4010",
            "SHOPIFY_SHOP_URL: the template must contain {shop}, for example https://{shop}.",
        ),
        (
            "DATABASE_URL",
            "mysql://host/name",
            "DATABASE_URL: use sqlite:///path or postgresql://user:password@host/name.",
        ),
        ("DATABASE_URL", "postgresql://shop:pass@host:often/name", f"DATABASE_URL: {A_SERVER}."),
        ("DATABASE_URL", "postgresql://shop:hun/ter2@host/name", f"DATABASE_URL: {A_SERVER}."),
        ("DATABASE_URL", "postgresql://shop:hun@ter2@host/name", f"DATABASE_URL: {A_SERVER}."),
        ("APP_URL", "https://promised.example.com/app", f"APP_URL: {AT_ITS_ROOT}."),
        ("APP_URL", "https://promised.example.com?shop=1", f"APP_URL: {AT_ITS_ROOT}."),
        ("DATABASE_URL", "sqlite:///:memory:", f"DATABASE_URL: {NO_FILE}."),
        ("DATABASE_URL", "sqlite:///file:books?mode=memory&uri=true", f"DATABASE_URL: {NO_FILE}."),
        ("DATABASE_URL", "sqlite:///var/promised.db?timeout=5", f"DATABASE_URL: {A_FILE}."),
        ("DATABASE_URL", "sqlite:////srv/promised/", f"DATABASE_URL: {A_FILE}."),
        ("DATABASE_URL", "sqlite:///", "DATABASE_URL: use sqlite:///path or postgresql://user:password@host/name."),
        ("REDIS_URL", "http://localhost", f"REDIS_URL: {A_BROKER}."),
        ("REDIS_URL", "redis://:pass@localhost:often/0", f"REDIS_URL: {A_BROKER}."),
        ("REDIS_URL", "redis://:hun/ter2@localhost:6379/0", f"REDIS_URL: {A_BROKER}."),
        ("REDIS_URL", "localhost:6379", f"REDIS_URL: {A_BROKER}."),
        ("SMTP_URL", "mail.example.com:25", f"SMTP_URL: {SOME_RELAY}."),
        ("SMTP_URL", "smtp://", f"SMTP_URL: {SOME_RELAY}."),
        ("SMTP_URL", "smtp://mail.example.com:often", f"SMTP_URL: {A_RELAY}."),
        ("SMTP_URL", "smtp://shop:hun/ter2@mail.example.com", f"SMTP_URL: {A_RELAY}."),
        (
            "MAIL_FROM",
            "Lamplight",
            "MAIL_FROM: give an address such as orders@example.com, without a name: letters bear the shop's.",
        ),
        (
            "SHOPIFY_SHOP_URL",
            "ftp://{shop}",
            "SHOPIFY_SHOP_URL: the template must begin with http:// or https://, for example https://{shop}.",
        ),
        ("RECONCILE_SECONDS", "4", "RECONCILE_SECONDS: give a whole number, 5 or more."),
        ("RECONCILE_SECONDS", "often", "RECONCILE_SECONDS: give a whole number."),
        ("LAG_ALARM_MINUTES", "2.5", "LAG_ALARM_MINUTES: give a whole number."),
        ("PORT", "65536", "PORT: give a whole number, 65535 or less."),
    ],
)
def test_a_malformed_setting_stops_with_the_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    assert refusal(tmp_path, **{name: value}) == sentence


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEY", "METRICS_TOKEN"])
def test_a_key_that_is_too_short_is_refused_and_not_repeated(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path, **{name: "hunter2"})
    assert said == f"{name}: give at least 16 characters that nobody else knows."


def test_a_wrong_database_address_does_not_repeat_its_password(tmp_path: Path) -> None:
    assert "hunter2" not in refusal(tmp_path, DATABASE_URL="mysql://shop:hunter2@host/name")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://shop:p%40ss@db.internal:5433/name?sslmode=require"),
        ("DATABASE_URL", "postgresql:///name?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql://[::1]/name"),
        ("DATABASE_URL", "sqlite:////srv/promised/var/promised.db"),
        ("REDIS_URL", "rediss://:p%40ss@redis.internal:6380/1"),
        ("REDIS_URL", "redis://redis.internal"),
        ("SMTP_URL", "smtp://mail.example.com?starttls"),
        ("SMTP_URL", "smtps://shop:p%40ss@mail.example.com"),
        ("MAIL_FROM", "orders@bücher.example"),
    ],
)
def test_an_address_that_can_be_one_is_taken(tmp_path: Path, name: str, value: str) -> None:
    assert getattr(read(tmp_path, {**COMPLETE, name: value}), name.lower()).endswith(value[-8:])


def test_a_moved_clock_is_refused_against_the_real_shopify(tmp_path: Path) -> None:
    said = refusal(tmp_path, CLOCK_FILE="var/clock")
    assert "CLOCK_FILE moves the business clock and is refused against the real Shopify" in said


def test_a_moved_clock_is_allowed_beside_a_development_store(tmp_path: Path) -> None:
    settings = read(tmp_path, {**COMPLETE, "CLOCK_FILE": "var/clock", "SHOPIFY_SHOP_URL": DEVELOPMENT_STORE})
    assert settings.clock_file == Path("var/clock")


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5001")
    assert read(tmp_path, {**COMPLETE, "PORT": "5002"}).port == 5001


def test_an_empty_line_counts_as_not_set(tmp_path: Path) -> None:
    settings = read(tmp_path, {**COMPLETE, "REDIS_URL": "", "PORT": ""})
    assert settings.embedded
    assert settings.port == 5000


@pytest.mark.parametrize("spelled", ["postgresql://a:b@host/name", "postgres://a:b@host/name"])
def test_postgresql_is_spoken_to_by_one_driver_however_its_address_is_spelled(tmp_path: Path, spelled: str) -> None:
    assert read(tmp_path, {**COMPLETE, "DATABASE_URL": spelled}).database_url == "postgresql+psycopg://a:b@host/name"


def test_settings_cannot_be_changed_after_the_start(tmp_path: Path) -> None:
    settings = read(tmp_path, COMPLETE)
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1


def test_both_secrets_verify_while_one_is_being_rotated(tmp_path: Path) -> None:
    assert read(tmp_path, SECRETS).secrets == ("secret-of-the-app", "former-secret-of-the-app")
    assert read(tmp_path, COMPLETE).secrets == ("secret-of-the-app",)


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path) -> None:
    settings = read(tmp_path, SECRETS)
    hidden = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    assert len(hidden) == 4
    for shown in (repr(settings), str(settings), f"{settings.model_dump()}"):
        assert [secret for secret in hidden if secret in shown] == []
        assert "key-of-the-app" in shown  # the client id is public, and proves that something was printed


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SMTP_URL"])
def test_no_password_of_an_address_shows_when_settings_are_printed(tmp_path: Path, name: str) -> None:
    scheme, rest = {"DATABASE_URL": ("postgresql", "/name"), "REDIS_URL": ("redis", "/0"), "SMTP_URL": ("smtp", "")}[
        name
    ]
    assert "hunter2" not in repr(read(tmp_path, {**COMPLETE, name: f"{scheme}://shop:hunter2@host{rest}"}))
