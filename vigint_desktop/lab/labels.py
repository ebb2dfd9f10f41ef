"""Clips of a folder and what a person says about them: where the incidents are, in seconds of media time."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vigint_core.domain.window import Span

LABEL_ENDING: Final = ".labels.json"
_VIDEOS: Final = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".ts", ".webm"})
_MOST_BYTES: Final = 8 * 1024 * 1024


class LabError(Exception):
    """Why the lab can't begin, in plain words for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class LabelledIncident:
    """Something that happened in a clip.

    Attributes:
        span: in seconds from the clip's first frame.
        text: what a person wrote about it, may be empty.
    """

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """A clip and everything that happened in it; nothing happened in one without incidents."""

    file: Path
    incidents: tuple[LabelledIncident, ...]

    @property
    def name(self) -> str:
        """Its file name."""
        return self.file.name


@dataclass(frozen=True, slots=True)
class Material:
    """What is to be looked at.

    Attributes:
        clips: labelled ones, by name.
        unlabelled: names of clips that nobody said anything about; they can't be scored.
    """

    clips: tuple[LabelledClip, ...]
    unlabelled: tuple[str, ...]


def read_material(folder: Path, labels: Path | None) -> Material:
    """The clips of a folder with their labels.

    ``labels`` is a JSON file that maps names of clips to incidents, or a folder with a ``NAME.mp4.labels.json`` for
    each; None looks for those beside the clips. Raises LabError: no folder, no clip, a label without its clip, labels
    that can't be read.
    """
    files = {file.name: file for file in _videos(folder)}
    if labels is not None and not labels.is_dir():
        told = _of_one_file(labels)
    else:
        told = _of_each_clip(labels or folder, files)
    if missing := sorted(set(told) - set(files)):
        raise LabError(f"{folder} has no clip named {', '.join(missing)}, but there are labels for it.")
    clips = tuple(LabelledClip(files[name], told[name]) for name in sorted(told))
    if not clips:
        raise LabError(f"None of the {len(files)} clips in {folder} has a label that speaks of incidents.")
    return Material(clips, tuple(sorted(set(files) - set(told))))


def _videos(folder: Path) -> list[Path]:
    try:
        found = sorted(file for file in folder.iterdir() if file.suffix.lower() in _VIDEOS and file.is_file())
    except OSError as error:
        raise LabError(f"The folder {folder} can't be read: {error.strerror}.") from error
    if not found:
        raise LabError(f"There is no clip in {folder} ({', '.join(sorted(_VIDEOS))}).")
    return found


def _of_one_file(file: Path) -> dict[str, tuple[LabelledIncident, ...]]:
    found = _json(file)
    if not isinstance(found, Mapping):
        raise LabError(f"{file}: the labels must be one object that maps names of clips to incidents.")
    return {
        str(name): incidents
        for name, said in found.items()
        if (incidents := _incidents(f"{file}: {name}", said)) is not None
    }


def _of_each_clip(folder: Path, clips: Mapping[str, Path]) -> dict[str, tuple[LabelledIncident, ...]]:
    told = {}
    for name in clips:
        file = folder / f"{name}{LABEL_ENDING}"
        if file.is_file() and (incidents := _incidents(str(file), _json(file))) is not None:
            told[name] = incidents
    return told


def _json(file: Path) -> Any:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise LabError(f"The labels in {file} are larger than {_MOST_BYTES // 1024**2} MiB.")
        return json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise LabError(f"The labels in {file} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise LabError(f"The labels in {file} are not JSON: {type(error).__name__}.") from error


def _incidents(where: str, said: Any) -> tuple[LabelledIncident, ...] | None:
    """What is said of one clip; None where it does not speak of incidents at all."""
    if isinstance(said, Sequence) and not isinstance(said, str):
        return tuple(_incident(where, each) for each in said)
    if not isinstance(said, Mapping):
        raise LabError(f"{where}: incidents must be a list, or an object with 'incident'.")
    if "incidents" in said:
        return _incidents(where, said["incidents"])
    if "incident" not in said:
        return None
    return _footage_incident(where, said["incident"], said)


def _footage_incident(where: str, incident: Any, label: Mapping[str, Any]) -> tuple[LabelledIncident, ...]:
    """The form of hand-made labels: ``{"theft": true, "theft_window": [2.0, 9.5], "text": "..."}``."""
    if not isinstance(incident, Mapping) or not isinstance(incident.get("theft"), bool):
        raise LabError(f"{where}: 'incident' must say 'theft': true or false.")
    if not incident["theft"]:
        return ()
    window = incident.get("theft_window", [0.0, label.get("duration_s")])
    return (LabelledIncident(_span(where, window), str(incident.get("text", ""))),)


def _incident(where: str, said: Any) -> LabelledIncident:
    if isinstance(said, Mapping):
        return LabelledIncident(_span(where, [said.get("start_s"), said.get("end_s")]), str(said.get("text", "")))
    return LabelledIncident(_span(where, said))


def _span(where: str, said: Any) -> Span:
    if isinstance(said, Sequence) and not isinstance(said, str) and len(said) == 2 and all(map(_is_time, said)):
        start_s, end_s = map(float, said)
        if 0 <= start_s < end_s:
            return Span(start_s, end_s)
    raise LabError(f"{where}: an incident needs a start and a later end in seconds, for example [2.0, 9.5].")


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
