"""What the server is told from outside: the environment alone, no file. Secrets never show in reprs or errors."""

import re
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from vigint_core.domain.budget import Caps
from vigint_core.media.probe import ClipLimits

SHORTEST_SECRET: Final = 32
_WELL_KNOWN: Final = (
    "changeme",
    "change-me",
    "change_me",
    "your-secret",
    "secret-key",
    "secret_key",
    "secretkey",
    "password",
    "123456",
    "example",
    "default",
)
MAIL_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""An address of mail as we take it: plain ASCII, nothing that a header could be made of."""
_STORAGE: Final = re.compile(r"s3://[^/@?#]+(/[^@?#]*)?|file:///[^?#]+")
_MIB: Final = 1024 * 1024
_MICRO: Final = 1_000_000
_Usd = Annotated[Decimal, Field(ge=0, le=1_000_000)]
_Days = Annotated[float, Field(gt=0, le=3650)]


def _address(text: str) -> str:
    """An address that others can be put behind: ``https://shop.example/vigint``, without a "/" at its end."""
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc):
        raise ValueError("must be an address like https://shop.example")
    if parts.query or parts.fragment:
        raise ValueError("must end with its path: no ? and no #")
    return text.rstrip("/")


_Address = Annotated[str, AfterValidator(_address)]


def _sender(text: str) -> str:
    """An address of mail, with a name before it or without: ``VigInt <alerts@shop.example>``."""
    if text and (not text.isprintable() or not MAIL_ADDRESS.fullmatch(parseaddr(text)[1])):
        raise ValueError("must be an address like alerts@shop.example")
    return text


def _storage(text: str) -> str:
    """Where files lie: a bucket or a folder; no password in it."""
    if text and not _STORAGE.fullmatch(text):
        raise ValueError("must be s3://bucket/prefix or file:///folder")
    return text


def _recipients(text: str) -> str:
    """Addresses of mail with commas between them."""
    if not all(MAIL_ADDRESS.fullmatch(address) for address in listed(text)):
        raise ValueError("must be addresses like owner@shop.example, with commas between them")
    return text


def listed(text: str) -> tuple[str, ...]:
    """The words of a text with commas between them."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


class ConfigError(Exception):
    """The server must not start like this; the text says why and what to do, for people."""


class Config(BaseSettings):
    """The environment, read once. Every limit has its default here; each is explained in ``docs/server.md``."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True)

    secret_key: SecretStr
    google_api_key: SecretStr = SecretStr("")
    google_gemini_base_url: str = ""
    database_url: SecretStr = SecretStr("")
    vigint_data_dir: Path = Field(default_factory=lambda: platformdirs.user_data_path("VigInt Server", appauthor=False))
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000

    vigint_max_clip_bytes: Annotated[int, Field(ge=10_000, le=20 * _MIB)] = 8 * _MIB
    vigint_max_clip_seconds: Annotated[float, Field(ge=1, le=600)] = 60.0
    vigint_max_body_bytes: Annotated[int, Field(ge=20_000, le=64 * _MIB)] = 18 * _MIB
    vigint_max_body_wait_s: Annotated[float, Field(ge=1, le=600)] = 30.0
    vigint_max_looks: Annotated[int, Field(ge=1, le=256)] = 64

    vigint_key_requests_minute: Annotated[int, Field(ge=0, le=100_000_000)] = 600
    vigint_key_bytes_hour: Annotated[int, Field(ge=0)] = 8 * 1024 * _MIB
    vigint_key_looks: Annotated[int, Field(ge=0, le=10_000)] = 16
    vigint_key_spend_day_usd: _Usd | None = None
    vigint_key_spend_month_usd: _Usd | None = None

    vigint_public_url: _Address = ""
    vigint_link_days: Annotated[float, Field(gt=0, le=365)] = 14.0

    vigint_storage_url: Annotated[str, AfterValidator(_storage)] = ""
    vigint_storage_reserve_mib: Annotated[int, Field(ge=0, le=10_000_000)] = 500
    vigint_storage_most_gib: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    vigint_max_alert_bytes: Annotated[int, Field(ge=10_000, le=64 * _MIB)] = 16 * _MIB
    aws_endpoint_url: str = ""
    aws_region: str = ""
    aws_access_key_id: SecretStr = SecretStr("")
    aws_secret_access_key: SecretStr = SecretStr("")

    vigint_metrics_public: bool = False

    email_smtp_server: Annotated[str, Field(max_length=253)] = ""
    email_smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    email_username: str = ""
    email_password: SecretStr = SecretStr("")
    email_from: Annotated[str, AfterValidator(_sender)] = ""
    email_to: Annotated[str, AfterValidator(_recipients)] = ""
    email_security: Literal["starttls", "tls", "none"] | None = None
    email_ca_file: Path | None = None
    vigint_webhook_insecure: bool = False
    vigint_alert_cooldown_s: Annotated[float, Field(ge=0, le=3600)] = 300.0
    vigint_alerts_an_hour: Annotated[int, Field(ge=2, le=1000)] = 20

    vigint_keep_days: _Days = 30.0
    vigint_keep_days_low: _Days | None = None
    vigint_keep_days_medium: _Days | None = None
    vigint_keep_days_high: _Days | None = None
    vigint_keep_days_critical: _Days | None = None
    vigint_keep_days_vetoed: _Days | None = 7.0

    vigint_models_file: Path | None = None
    vigint_budget_day_usd: _Usd | None = None
    vigint_budget_month_usd: _Usd | None = None
    vigint_budget_camera_day_usd: _Usd | None = None
    vigint_budget_camera_month_usd: _Usd | None = None

    @property
    def database(self) -> str:
        """The database's URL: as given, or the SQLite file in the data folder. May hold a password."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.vigint_data_dir / 'server.sqlite3'}"

    @property
    def caps(self) -> Caps:
        """What each client may spend at most."""
        return Caps(
            day=_micro(self.vigint_budget_day_usd),
            month=_micro(self.vigint_budget_month_usd),
            camera_day=_micro(self.vigint_budget_camera_day_usd),
            camera_month=_micro(self.vigint_budget_camera_month_usd),
        )

    @property
    def key_spend(self) -> tuple[int | None, int | None]:
        """What a key without limits of its own may spend at most in a day and in a month, millionths of a US dollar."""
        return _micro(self.vigint_key_spend_day_usd), _micro(self.vigint_key_spend_month_usd)

    @property
    def clip_limits(self) -> ClipLimits:
        """What a clip may be at most."""
        return ClipLimits(bytes=self.vigint_max_clip_bytes, seconds=self.vigint_max_clip_seconds)


def from_environment() -> Config:
    """The configuration. Raises ConfigError, in plain words, where the server must not start."""
    try:
        config = Config.model_validate({})
    except ValidationError as error:
        raise ConfigError(
            "\n".join(_in_words(str(p["loc"][0]).upper(), p["type"], p["msg"]) for p in error.errors())
        ) from None
    check_secret(config.secret_key.get_secret_value())
    return config


def _micro(usd: Decimal | None) -> int | None:
    return None if usd is None else int(usd * _MICRO)


def check_secret(secret: str) -> None:
    """Refuse a SECRET_KEY that others can guess. Raises ConfigError."""
    if len(secret) < SHORTEST_SECRET:
        raise ConfigError(f"SECRET_KEY is too short: {len(secret)} characters, at least {SHORTEST_SECRET}. {_MAKE_ONE}")
    is_repeated = secret in (secret + secret)[1:-1]
    if is_repeated or len(set(secret)) < 8 or any(word in secret.lower() for word in _WELL_KNOWN):
        raise ConfigError(f"SECRET_KEY is a well-known or too simple one. {_MAKE_ONE}")


_MAKE_ONE: Final = "Make a new one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def _in_words(name: str, kind: str, message: str) -> str:
    if kind == "missing":
        return f"{name} is not set. {_MAKE_ONE}"
    return f"{name}: {message.removeprefix('Value error, ')}"
