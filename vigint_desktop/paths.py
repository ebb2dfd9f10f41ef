"""Where the desktop keeps its files: the user's own folders through platformdirs, or all of it under ``--data-dir``."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from vigint_core.analysis import models
from vigint_core.domain.fault import Code, VigintError


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders and files of one installation; ``made`` creates the folders, readable by the owner alone."""

    data: Path
    config: Path
    logs: Path

    @classmethod
    def of_user(cls) -> "Paths":
        """The places that the operating system gives this user."""
        dirs = platformdirs.PlatformDirs("VigInt", appauthor=False)
        return cls(dirs.user_data_path, dirs.user_config_path, dirs.user_log_path)

    @classmethod
    def under(cls, folder: Path) -> "Paths":
        """Everything below one folder (``--data-dir``)."""
        return cls(folder, folder, folder / "logs")

    @property
    def settings_file(self) -> Path:
        """Settings as JSON; holds no secret."""
        return self.config / "settings.json"

    @property
    def secrets_file(self) -> Path:
        """Used only where the machine has no keyring; mode 0600, and said to be unprotected."""
        return self.config / "secrets.json"

    @property
    def database(self) -> Path:
        """The desk's SQLite file."""
        return self.data / "desk.sqlite3"

    @property
    def money(self) -> Path:
        """Calls to models and what they cost, where the desk asks by itself."""
        return self.data / "money.sqlite3"

    @property
    def models_file(self) -> Path:
        """The owner's own catalogue of models, if there is one."""
        return self.config / models.FILE_NAME

    @property
    def clips(self) -> Path:
        """Clips and stills of incidents."""
        return self.data / "clips"

    @property
    def recordings(self) -> Path:
        """What cameras are recorded to: a folder each."""
        return self.data / "recordings"

    @property
    def snapshots(self) -> Path:
        """Pictures at full resolution that somebody asked for."""
        return self.data / "snapshots"

    @property
    def borrowed(self) -> Path:
        """Clips of other desks' incidents, for as long as the program runs."""
        return self.data / "borrowed"

    @property
    def server_data(self) -> Path:
        """The embedded server's own folder."""
        return self.data / "server"

    @property
    def log_file(self) -> Path:
        """The program's log, rotated."""
        return self.logs / "vigint-desktop.log"

    def made(self) -> "Paths":
        """Create every folder; returns self. Raises VigintError(STORE_FAILED)."""
        kept = (self.clips, self.recordings, self.snapshots, self.borrowed, self.server_data)
        for folder in (self.data, self.config, self.logs, *kept):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise VigintError(Code.STORE_FAILED, f"{folder}: {error.strerror}") from error
        return self
