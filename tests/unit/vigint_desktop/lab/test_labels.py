"""Clips and their labels: every accepted form, and every way in which they are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from vigint_core.domain.window import Span
from vigint_desktop.lab.labels import LabelledIncident, LabError, read_material


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.mp4", "b.MKV", "notes.txt"):
        (tmp_path / name).touch()
    return tmp_path


def labels(folder: Path, said: Any) -> Path:
    file = folder / "labels.json"
    file.write_text(said if isinstance(said, str) else json.dumps(said), "utf-8")
    return file


@pytest.mark.parametrize(
    "said",
    [
        [[2.0, 9.5]],
        [{"start_s": 2, "end_s": 9.5}],
        {"incidents": [[2, 9.5]]},
        {"incident": {"theft": True, "theft_window": [2.0, 9.5]}},
        {"duration_s": 9.5, "incident": {"theft": True, "theft_window": [2.0, 9.5]}},
    ],
)
def test_every_form_of_one_file(folder: Path, said: Any) -> None:
    material = read_material(folder, labels(folder, {"a.mp4": said}))

    assert [(clip.name, clip.incidents) for clip in material.clips] == [
        ("a.mp4", (LabelledIncident(Span(2.0, 9.5)),)),
    ]
    assert material.unlabelled == ("b.MKV",)


@pytest.mark.parametrize("said", [[], {"incidents": []}, {"incident": {"theft": False, "text": "looks at goods"}}])
def test_a_clip_in_which_nothing_happens_is_labelled_too(folder: Path, said: Any) -> None:
    (clip,) = read_material(folder, labels(folder, {"a.mp4": said})).clips

    assert clip.incidents == ()


def test_a_theft_without_its_window_may_be_anywhere_in_the_clip(folder: Path) -> None:
    said = {"a.mp4": {"duration_s": 12.5, "incident": {"theft": True, "text": "hides it"}}}
    (clip,) = read_material(folder, labels(folder, said)).clips

    assert clip.incidents == (LabelledIncident(Span(0.0, 12.5), "hides it"),)


def test_labels_beside_the_clips_or_in_a_folder_of_their_own(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    beside = {"incident": {"theft": True, "theft_window": [1, 2]}}
    (folder / "a.mp4.labels.json").write_text(json.dumps(beside), "utf-8")
    (folder / "b.MKV.labels.json").write_text(json.dumps({"active": [[0, 3]]}), "utf-8")  # says nothing of incidents
    material = read_material(folder, None)
    assert ([clip.name for clip in material.clips], material.unlabelled) == (["a.mp4"], ("b.MKV",))

    apart = tmp_path_factory.mktemp("labels")
    (apart / "b.MKV.labels.json").write_text("[[0, 1]]", "utf-8")
    assert [clip.name for clip in read_material(folder, apart).clips] == ["b.MKV"]


def test_the_footage_s_own_labels(footage: Path) -> None:
    material = read_material(footage / "incident", None)

    found = {clip.name: [(i.span.start_s, i.span.end_s) for i in clip.incidents] for clip in material.clips}
    assert found == {"Normal_82.mp4": [], "Shoplifting_1.mp4": [(2.0, 9.5)], "Shoplifting_16.mp4": [(1.5, 9.5)]}
    assert material.unlabelled == ("store-aisle-detection.preview.mp4",)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ([], "one object"),
        ({}, "None of the 2 clips"),
        ({"c.mp4": []}, "no clip named c.mp4"),
        ({"a.mp4": 3}, "a.mp4: incidents must be a list"),
        ({"a.mp4": "x"}, "must be a list"),
        ({"a.mp4": {"incident": {}}}, "theft"),
        ({"a.mp4": {"incident": {"theft": "yes"}}}, "theft"),
        ({"a.mp4": {"incident": {"theft": True}}}, "start and a later end"),
        ({"a.mp4": [[3, 2]]}, "start and a later end"),
        ({"a.mp4": [[-1, 2]]}, "start and a later end"),
        ({"a.mp4": [[True, 2]]}, "start and a later end"),
        ({"a.mp4": [["0", "2"]]}, "start and a later end"),
        ({"a.mp4": [{"start_s": 1}]}, "start and a later end"),
        ('{"a.mp4": [[0, NaN]]}', "start and a later end"),
    ],
)
def test_labels_that_are_none_are_named(folder: Path, said: Any, named: str) -> None:
    with pytest.raises(LabError, match=named):
        read_material(folder, labels(folder, said))


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="gone can't be read"):
        read_material(tmp_path / "gone", None)
    with pytest.raises(LabError, match="There is no clip"):
        read_material(tmp_path, None)
    (tmp_path / "a.mp4").touch()
    with pytest.raises(LabError, match=r"gone.json can't be read"):
        read_material(tmp_path, tmp_path / "gone.json")
    with pytest.raises(LabError, match="None of the 1 clips"):
        read_material(tmp_path, None)


def test_labels_of_a_senseless_size_are_not_read(folder: Path) -> None:
    file = folder / "labels.json"
    with file.open("wb") as out:
        out.truncate(9 * 1024 * 1024)
    with pytest.raises(LabError, match="larger than 8 MiB"):
        read_material(folder, file)
