"""What a run is asked to do."""

from pathlib import Path

import pytest

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.ids import CameraId
from vigint_desktop.options import Options
from vigint_desktop.paths import Paths


def test_a_repr_holds_no_password() -> None:
    door = Camera(CameraId("door"), "Door", SourceKind.RTSP, "rtsp://127.0.0.1/a", "viewer")

    assert "blue-and-secret" not in repr(Options(cameras=((door, "blue-and-secret"),)))


def test_a_data_dir_holds_everything_wherever_the_program_is_started_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert Options(data_dir=Path("shop")).paths == Paths.under(tmp_path / "shop")
    assert Options().paths == Paths.of_user()
