"""Where the desktop keeps its files."""

import stat
from pathlib import Path

from vigint_desktop.paths import Paths


def test_everything_lies_under_the_data_dir_that_was_given(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "shop").made()

    files = (paths.settings_file, paths.secrets_file, paths.database, paths.clips, paths.server_data, paths.log_file)
    assert all(file.is_relative_to(tmp_path / "shop") for file in files)
    assert len(set(files)) == len(files)


def test_made_creates_folders_for_the_owner_alone_and_may_be_called_again(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "shop").made().made()

    for folder in (paths.data, paths.config, paths.logs, paths.clips, paths.server_data):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_users_own_places_are_those_of_the_system() -> None:
    paths = Paths.of_user()

    assert paths.config != paths.data
    assert all(folder.is_relative_to(Path.home()) for folder in (paths.data, paths.config, paths.logs))
