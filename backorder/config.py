"""Settings: one frozen value, read once, strict. A missing secret stops the start with a sentence that says what to do."""

from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backorder.mail.address import AddressUnusable, address
from backorder.mail.relay import relay_at

SHOPIFY_ORIGIN = "https://{shop}"
EMBEDDED_DATABASE = "sqlite:///var/promised.db"


# A password with such a sign splits the address elsewhere, and what is found there may be a part of the password.
SPELT = "in the password write / as %2F, @ as %40, # as %23 and ? as %3F"


def known_database(value: str) -> str:
    """The address of a database with the driver that we use. Raises ValueError for what is none of the two kinds, or cannot be read."""
    if value.startswith("sqlite:///") and (path := value.removeprefix("sqlite:///")):
        if path == ":memory:" or path.startswith("file:"):
            raise ValueError(f"books in memory end with their process: name a file, for example {EMBEDDED_DATABASE}")
        if "?" in path or "#" in path or path.endswith("/"):
            raise ValueError(f"name a file by its path and nothing after it, for example {EMBEDDED_DATABASE}")
        return value
    if not value.startswith(("postgresql+psycopg://", "postgresql://", "postgres://")):
        raise ValueError("use sqlite:///path or postgresql://user:password@host/name")
    if _split(value) is None:
        raise ValueError(f"use postgresql://user:password@host:port/name; {SPELT}")
    return "postgresql+psycopg://" + value.split("://", 1)[1]


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None for one that says something else than its writer meant."""
    try:
        parts = urlsplit(address)
        port_can_be_read = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if port_can_be_read and parts.netloc.count("@") <= 1 and not parts.fragment else None


class SettingsError(Exception):
    """The environment does not describe a runnable app; the message says which lines to change."""


class Settings(BaseSettings):
    """Everything the operator decides. See ``.env.example`` for the meaning of each line."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    app_url: str
    shopify_api_key: str = Field(min_length=1)
    shopify_api_secret: SecretStr = Field(min_length=1)
    shopify_api_secret_previous: SecretStr | None = None
    shopify_shop_url: str = SHOPIFY_ORIGIN
    secret_key: SecretStr = Field(min_length=16)
    encryption_key: SecretStr = Field(min_length=16)
    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    # These may hold a password, so they stay out of what is printed.
    database_url: str = Field(default=EMBEDDED_DATABASE, repr=False)
    redis_url: str | None = Field(default=None, repr=False)
    smtp_url: str | None = Field(default=None, repr=False)
    mail_from: str = "orders@promised.invalid"
    reconcile_seconds: int = Field(default=3600, ge=5)
    lag_alarm_minutes: int = Field(default=5, ge=1)
    clock_file: Path | None = None
    port: int = Field(default=5000, ge=1, le=65535)

    @field_validator("app_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(
                "give the address under which the app is reached, for example https://promised.example.com"
            )
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
            raise ValueError(
                "give scheme and host alone, for example https://promised.example.com: the app answers at its root"
            )
        return value.rstrip("/")

    @field_validator("shopify_shop_url")
    @classmethod
    def _has_a_place_for_the_shop(cls, value: str) -> str:
        if "{shop}" not in value:
            raise ValueError("the template must contain {shop}, for example https://{shop}")
        if not value.startswith(("http://", "https://")):
            raise ValueError("the template must begin with http:// or https://, for example https://{shop}")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _a_known_database(cls, value: str) -> str:
        return known_database(value)

    @field_validator("redis_url")
    @classmethod
    def _a_broker(cls, value: str | None) -> str | None:
        parts = _split(value) if value is not None else None
        if value is not None and (
            parts is None
            or parts.scheme not in {"redis", "rediss"}
            or not parts.hostname
            or not f"0{parts.path.removeprefix('/')}".isdigit()
        ):
            raise ValueError(f"use redis://:password@host:port/number, or rediss:// for TLS; {SPELT}")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str | None) -> str | None:
        if value is not None and _split(value) is None:
            raise ValueError(f"use smtp://user:password@host:port; {SPELT}")
        if value is not None:
            relay_at(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, value: str) -> str:
        try:
            address(value)
        except AddressUnusable:
            raise ValueError(
                "give an address such as orders@example.com, without a name: letters bear the shop's"
            ) from None
        return value

    @model_validator(mode="after")
    def _a_moved_clock_belongs_to_a_development_store(self) -> Self:
        if self.clock_file is not None and self.shopify_shop_url == SHOPIFY_ORIGIN:
            raise ValueError(
                "CLOCK_FILE moves the business clock and is refused against the real Shopify: "
                "remove it, or set SHOPIFY_SHOP_URL to a development store"
            )
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """The API secrets that a signature may have been made with: the current one first."""
        previous = self.shopify_api_secret_previous
        return (self.shopify_api_secret.get_secret_value(), *([previous.get_secret_value()] if previous else ()))

    @property
    def embedded(self) -> bool:
        """Whether web, workers and clock live in one process (no Redis)."""
        return self.redis_url is None

    @property
    def store_is_overridden(self) -> bool:
        """Whether the store is a development store on an address of the operator's choice."""
        return self.shopify_shop_url != SHOPIFY_ORIGIN


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment (and ``.env``, which the environment overrides).

    Raises SettingsError with one line for each setting that is missing or wrong.
    """
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]  # pydantic-settings takes it at run time
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: object) -> str:
    assert isinstance(problem, dict)
    name = "_".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] == "missing":
        return f"{name} is not set: add it to the environment or to .env (see .env.example)."
    said = _in_our_words(problem["type"], problem.get("ctx", {})) or str(problem["msg"]).removeprefix("Value error, ")
    said = said.removesuffix(".")
    return f"{name}: {said}." if name else f"{said}."


def _in_our_words(kind: str, bounds: dict[str, Any]) -> str | None:
    """What a setting must be that the library measured; None for what we measured ourselves. Never what was given: it may be secret."""
    match kind:
        case "too_short" | "string_too_short":
            return f"give at least {bounds['min_length']} characters that nobody else knows"
        case "greater_than_equal":
            return f"give a whole number, {bounds['ge']} or more"
        case "less_than_equal":
            return f"give a whole number, {bounds['le']} or less"
        case "int_parsing" | "int_from_float" | "int_parsing_size":
            return "give a whole number"
        case _:
            return None
