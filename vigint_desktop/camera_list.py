"""The camera list as a file that can be carried to another computer: versioned JSON without any secret.

``{"format": "vigint-cameras", "version": 1, "cameras": [...]}``. What is read was written by somebody else: its size is
bounded, every field is checked, and a sign-in that stands in an address is taken out and dropped.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from vigint_core.domain.camera import Recording, Transport
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.schedule import Plan
from vigint_core.domain.zone import Scene
from vigint_core.redaction import without_secrets
from vigint_core.wire import Identity
from vigint_desktop.settings import CameraSettings, Minute, Notes, split_credentials

VERSION: Final = 1
MOST_BYTES: Final = 1 << 20
"""Of a file that is read; a list of 256 cameras has some 100 KiB."""
MOST_CAMERAS: Final = 256
_FORMAT: Final = "vigint-cameras"

_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
_Word = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
_Address = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]


class ListedCamera(BaseModel):
    """One camera of a list. What kind it is follows from its address."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: Identity
    name: _Name
    url: Annotated[_Address, Field(min_length=1)]
    sub_url: _Address = ""
    user: _Word = ""
    transport: Transport = Transport.TCP
    group: _Word = ""
    sleeps: bool = False
    recording: Recording = Recording.OFF
    hours: tuple[Minute, Minute] | None = None
    scene: Scene = Scene()
    plan: Plan | None = None
    notes: Notes = ""


class _Head(BaseModel):
    """What every version of the format has: enough to tell whether the rest can be understood."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    format: Literal["vigint-cameras"]
    version: Annotated[int, Field(ge=1)]


class _File(BaseModel):
    """Version 1 of the format."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    format: Literal["vigint-cameras"] = _FORMAT
    version: Literal[1] = VERSION
    cameras: Annotated[tuple[ListedCamera, ...], Field(max_length=MOST_CAMERAS)]


@dataclass(frozen=True, slots=True)
class CameraList:
    """What a file held.

    Attributes:
        stripped: how many cameras had a user or a password in an address; it was dropped and is not in here.
    """

    cameras: tuple[ListedCamera, ...]
    stripped: int


def read(file: Path) -> CameraList:
    """Read a list.

    Raises VigintError: CAMERA_LIST_UNREADABLE, CAMERA_LIST_NEWER; its detail holds nothing of the content.
    """
    content = _content(file)
    try:
        head = _Head.model_validate_json(content)
        if head.version > VERSION:
            raise VigintError(Code.CAMERA_LIST_NEWER, f"{file}: version {head.version}")
        listed = _File.model_validate_json(content).cameras
    except ValidationError as error:
        raise VigintError(Code.CAMERA_LIST_UNREADABLE, f"{file}: {_first_fault(error)}") from None
    bare = tuple(map(_without_sign_in, listed))
    return CameraList(bare, stripped=sum(one != other for one, other in zip(listed, bare, strict=True)))


def write(cameras: Sequence[CameraSettings], file: Path) -> int:
    """Write a list, whole or not at all; tells in how many cameras a secret was taken out of an address.

    Raises VigintError(CAMERA_LIST_NOT_WRITTEN).
    """
    listed = [_listed(camera) for camera in cameras]
    body = {"format": _FORMAT, "version": VERSION, "cameras": [one.model_dump(mode="json") for one in listed]}
    text = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    try:
        _replace(file, text.encode())
    except OSError as error:
        raise VigintError(Code.CAMERA_LIST_NOT_WRITTEN, f"{file}: {error.strerror}") from error
    shown = zip(listed, cameras, strict=True)
    return sum((one.url, one.sub_url) != (camera.url, camera.sub_url) for one, camera in shown)


def holds_secret(address: str) -> bool:
    """Whether an address has a sign-in in it, before its host or among its parameters (``?user=a&pwd=b``)."""
    return without_secrets(address) != address


def _content(file: Path) -> bytes:
    try:
        if not file.is_file():  # a pipe or a device would never end
            raise VigintError(Code.CAMERA_LIST_UNREADABLE, f"{file}: not a file")
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise VigintError(Code.CAMERA_LIST_UNREADABLE, f"{file}: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise VigintError(Code.CAMERA_LIST_UNREADABLE, f"{file}: larger than {MOST_BYTES} bytes")
    return content


def _first_fault(error: ValidationError) -> str:
    """Where and why, without what stands there."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'file'}: {first['type']}"


def _without_sign_in(camera: ListedCamera) -> ListedCamera:
    return camera.model_copy(update={"url": _bare(camera.url), "sub_url": _bare(camera.sub_url)})


def _listed(camera: CameraSettings) -> ListedCamera:
    fields = {name: getattr(camera, name) for name in ListedCamera.model_fields}
    return ListedCamera.model_construct(**(fields | {"url": _bare(camera.url), "sub_url": _bare(camera.sub_url)}))


def _bare(address: str) -> str:
    """Without user and password; any other secret in it becomes ``***``, to be filled in again."""
    return without_secrets(split_credentials(address)[0])


def _replace(file: Path, content: bytes) -> None:
    """Put a new file in the place of the old one, so that a full disk leaves the old one whole."""
    handle, name = tempfile.mkstemp(prefix=".vigint-", dir=file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
