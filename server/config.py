"""What the server is told from outside: the environment alone, no file. Secrets never show in reprs or errors."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

import platformdirs
from pydantic import Field, SecretStr, ValidationError
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
    "example",
    "default",
)
_MIB: Final = 1024 * 1024
_MICRO: Final = 1_000_000
_Usd = Annotated[Decimal, Field(ge=0, le=1_000_000)]


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
    if len(set(secret)) < 8 or any(word in secret.lower() for word in _WELL_KNOWN):
        raise ConfigError(f"SECRET_KEY is a well-known or too simple one. {_MAKE_ONE}")


_MAKE_ONE: Final = "Make a new one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def _in_words(name: str, kind: str, message: str) -> str:
    if kind == "missing":
        return f"{name} is not set. {_MAKE_ONE}"
    return f"{name}: {message}"
