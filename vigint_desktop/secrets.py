"""Keys and passwords: in the system's keyring, or, where there is none, in a 0600 file that is said to be one."""

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Protocol

import keyring
import keyring.errors

from vigint_core.domain.fault import Code, VigintError

SERVER_KEY = "server-key"
GEMINI_KEY = "gemini-key"
EMBEDDED_SECRET = "embedded-secret"  # noqa: S105 - a name, not a secret
EMBEDDED_KEY = "embedded-key"
_SERVICE = "VigInt"
_PROBE = "probe"
_KEYRING_ERRORS = (keyring.errors.KeyringError, OSError)  # OSError: the session bus is gone
_log = logging.getLogger(__name__)


def camera_password(camera_id: str) -> str:
    """Name under which a camera's password is kept."""
    return f"camera-{camera_id}"


def service_for(data_dir: Path | None) -> str:
    """Name of the keyring entry: installations that keep their data apart keep their secrets apart."""
    return _SERVICE if data_dir is None else f"{_SERVICE} {data_dir.resolve()}"


class SecretStore(Protocol):
    """Where secrets lie."""

    @property
    def place(self) -> str:
        """A name for people."""

    @property
    def protected(self) -> bool:
        """Whether the operating system guards it."""

    def get(self, name: str) -> str:
        """The secret, or "" where there is none. Raises VigintError(STORE_FAILED)."""

    def set(self, name: str, value: str) -> None:
        """Keep a secret; "" removes it. Raises VigintError(STORE_FAILED)."""


class KeyringSecrets:
    """The operating system's keyring. ``service`` separates installations that use ``--data-dir``."""

    protected = True

    def __init__(self, service: str = _SERVICE) -> None:
        self.place = keyring.get_keyring().name
        self._service = service

    def get(self, name: str) -> str:
        """The secret, or "" where there is none."""
        try:
            return keyring.get_password(self._service, name) or ""
        except _KEYRING_ERRORS as error:
            raise VigintError(Code.STORE_FAILED, f"keyring: {type(error).__name__}") from error

    def set(self, name: str, value: str) -> None:
        """Keep a secret; "" removes it."""
        try:
            if value:
                keyring.set_password(self._service, name, value)
            elif keyring.get_password(self._service, name) is not None:
                keyring.delete_password(self._service, name)
        except _KEYRING_ERRORS as error:
            raise VigintError(Code.STORE_FAILED, f"keyring: {type(error).__name__}") from error


class FileSecrets:
    """A JSON file that only the owner may read. Not protected against anyone who can read the owner's files."""

    protected = False

    def __init__(self, file: Path) -> None:
        self.place = str(file)
        self._file = file
        self._lock = threading.Lock()

    def get(self, name: str) -> str:
        """The secret, or "" where there is none."""
        with self._lock:
            return self._read().get(name, "")

    def set(self, name: str, value: str) -> None:
        """Keep a secret; "" removes it."""
        with self._lock:
            secrets = {**self._read(), name: value}
            if not value:
                del secrets[name]
            self._write(secrets)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise VigintError(Code.STORE_FAILED, f"{self._file}: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise VigintError(Code.STORE_FAILED, f"{self._file}: not a JSON object")
        return {str(name): str(value) for name, value in found.items()}

    def _write(self, secrets: dict[str, str]) -> None:
        fresh = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh.unlink(missing_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(secrets, out)
            fresh.replace(self._file)
        except OSError as error:
            raise VigintError(Code.STORE_FAILED, f"{self._file}: {error.strerror}") from error


def open_secrets(fallback: Path, service: str = _SERVICE) -> SecretStore:
    """The keyring where one is there and works, else the file.

    Proven by writing, reading and removing a probe: a keyring that merely exists may be locked or have no back end.
    """
    try:
        store = KeyringSecrets(service)
        store.set(_PROBE, _PROBE)
        works = store.get(_PROBE) == _PROBE
        store.set(_PROBE, "")
    except VigintError as error:
        _log.info("no usable keyring (%s); secrets lie unprotected in %s", error.detail, fallback)
        return FileSecrets(fallback)
    return store if works else FileSecrets(fallback)


class Layer:
    """A store over another one, which is opened when first asked: proving a keyring takes longer than a window."""

    def __init__(self, opener: Callable[[], SecretStore]) -> None:
        self._opener = opener

    @cached_property
    def _behind(self) -> SecretStore:
        return self._opener()

    @property
    def place(self) -> str:
        """Where the store behind lies."""
        return self._behind.place

    @property
    def protected(self) -> bool:
        """Whether the system guards the store behind."""
        return self._behind.protected

    def get(self, name: str) -> str:
        """The secret of the store behind, or ""."""
        return self._behind.get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret in the store behind. What it raises passes: what can't be kept must not look kept."""
        self._behind.set(name, value)


class WithEnvironment(Layer):
    """A store in which ``VIGINT_API_KEY`` and ``GOOGLE_API_KEY`` of the environment come first, for headless use.

    What is set goes to the store behind; the environment still comes first.
    """

    _VARIABLES: ClassVar[Mapping[str, str]] = {SERVER_KEY: "VIGINT_API_KEY", GEMINI_KEY: "GOOGLE_API_KEY"}

    def __init__(self, opener: Callable[[], SecretStore], environment: Mapping[str, str]) -> None:
        super().__init__(opener)
        self._environment = environment

    def get(self, name: str) -> str:
        """The environment's value, or else the stored one."""
        return self._environment.get(self._VARIABLES.get(name, ""), "") or super().get(name)


class Told(Layer):
    """A store that can't be read counts as empty, and ``tell`` hears why: the cameras run on without its secrets."""

    def __init__(self, opener: Callable[[], SecretStore], tell: Callable[[VigintError], None]) -> None:
        super().__init__(opener)
        self._tell = tell

    def get(self, name: str) -> str:
        """The secret, or "" also where it can't be read."""
        try:
            return super().get(name)
        except VigintError as error:
            self._tell(error)
            return ""
