"""The folder of snapshots: names, collisions, room."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import Snapshot
from vigint_core.media.snapshot import FullPicture
from vigint_desktop.pipeline.snapshot_folder import SnapshotFolder

PICTURE = FullPicture(b"png", Moment(1000.0, NOON_S, 0.0), 1920, 1080)
STAMP = datetime.fromtimestamp(NOON_S).astimezone().strftime("%Y-%m-%d_%H-%M-%S")


@pytest.fixture
def snapshots(tmp_path: Path) -> SnapshotFolder:
    return SnapshotFolder(tmp_path)


def named(file: str) -> Snapshot:
    return Snapshot(CameraId("door"), NOON_S, file, 1920, 1080)


@pytest.mark.parametrize(
    ("camera", "name"),
    [
        ("Door", "Door"),
        ("Entrée / caisse n° 2", "Entrée-caisse-n-2"),
        ("../../etc", "etc"),
        ("???", "camera"),
        ("x" * 300, "x" * 60),
    ],
)
def test_names_are_for_people_and_for_every_system(snapshots: SnapshotFolder, camera: str, name: str) -> None:
    assert snapshots.put(camera, PICTURE) == f"{STAMP}_{name}.png"
    assert (snapshots.folder / f"{STAMP}_{name}.png").read_bytes() == b"png"


def test_the_second_picture_of_a_second_gets_a_number(snapshots: SnapshotFolder) -> None:
    assert [snapshots.put("Door", PICTURE) for _ in range(3)] == [
        f"{STAMP}_Door.png",
        f"{STAMP}_Door_2.png",
        f"{STAMP}_Door_3.png",
    ]


def test_a_picture_is_read_back_and_one_that_is_gone_is_none(snapshots: SnapshotFolder) -> None:
    snapshot = named(snapshots.put("Door", PICTURE))
    assert snapshots.has(snapshot)
    assert snapshots.read(snapshot) == b"png"
    (snapshots.folder / snapshot.file).unlink()
    assert not snapshots.has(snapshot)
    assert snapshots.read(snapshot) is None


def test_no_name_leads_out_of_the_folder(snapshots: SnapshotFolder, tmp_path: Path) -> None:
    (tmp_path.parent / "secret").write_text("no picture")
    assert snapshots.read(named("../secret")) is None


def test_the_oldest_make_room(tmp_path: Path) -> None:
    snapshots = SnapshotFolder(tmp_path, most_bytes=7)
    first = snapshots.put("Door", PICTURE)
    os.utime(tmp_path / first, (NOON_S, 1.0))
    others = [snapshots.put("Door", PICTURE) for _ in range(2)]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(others)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "snapshots").touch()
    with pytest.raises(VigintError) as caught:
        SnapshotFolder(tmp_path / "snapshots").put("Door", PICTURE)
    assert caught.value.code is Code.PIPELINE_SNAPSHOT_FAILED


def test_a_picture_that_is_kept_is_no_failure_though_no_other_can_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: Path, **_how: bool) -> None:
        raise PermissionError(13, "Permission denied")

    snapshots = SnapshotFolder(tmp_path, most_bytes=4)
    first = snapshots.put("Door", PICTURE)
    monkeypatch.setattr(Path, "unlink", refuse)
    second = snapshots.put("Door", PICTURE)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([first, second])
