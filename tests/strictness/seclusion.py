"""A home of its own for the test run: no file, key, keyring, proxy or display of the user is used or touched."""

import os
import shutil
import tempfile
from pathlib import Path

_FOLDERS = {
    "HOME": ".",
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}
_SETTINGS = {
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    "NO_PROXY": "*",
}
_UNWANTED_PREFIXES = ("VIGINT_", "EMAIL_", "GOOGLE_", "GEMINI_")
_UNWANTED = {
    "DATABASE_URL", "SECRET_KEY", "DBUS_SESSION_BUS_ADDRESS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    "http_proxy", "https_proxy", "all_proxy",
}  # fmt: skip
_KEPT = {"VIGINT_FOOTAGE"}


class Seclusion:
    """Changes the environment of this process, and so of its children, until ``close``."""

    def __init__(self) -> None:
        self._saved = dict(os.environ)
        self._home = Path(tempfile.mkdtemp(prefix="vigint-tests-"))

    def open(self) -> None:
        """Move in. A Qt platform that was asked for (``QT_QPA_PLATFORM=xcb`` under Xvfb) is kept."""
        for name in list(os.environ):
            if name not in _KEPT and (name in _UNWANTED or name.startswith(_UNWANTED_PREFIXES)):
                del os.environ[name]
        for name, folder in _FOLDERS.items():
            place = self._home / folder
            place.mkdir(mode=0o700, exist_ok=True)
            os.environ[name] = str(place)
        os.environ.update(_SETTINGS)
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    def close(self) -> None:
        """Move out: the old environment, and no trace on the disk."""
        os.environ.clear()
        os.environ.update(self._saved)
        shutil.rmtree(self._home, ignore_errors=True)
