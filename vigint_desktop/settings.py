"""The owner's choices, kept as JSON. No secret is ever in here: keys and passwords live in the secret store."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from vigint_core.domain.budget import Caps
from vigint_core.domain.camera import PASSWORD_HERE, USER_HERE, Camera, Recording, SourceKind, Transport
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.review import LONGEST_OWNER
from vigint_core.domain.schedule import Hours, Plan
from vigint_core.domain.zone import Scene
from vigint_core.policy.sampling import SamplingRule
from vigint_core.redaction import HIDDEN
from vigint_core.wire import Identity

_IN_PARAMETERS = (
    re.compile(r"(?i)(?<=[?&;])(?:user|usr|username|loginuse)=(?P<value>[^&;#]*)"),
    re.compile(r"(?i)(?<=[?&;])(?:password|passwd|pass|pwd|loginpas)=(?P<value>[^&;#]*)"),
)
_IN_PATH = (
    re.compile(r"(?i)(?<=[/_])user=(?P<value>[^/?&]*?)(?=[_&]password=)"),
    re.compile(r"(?i)(?<=[/_&])password=(?P<value>[^/?&]*?)(?=_(?:channel|stream)=|[/?&]|$)"),
)
"""Where makers want user and password inside the address itself."""
_PORT_THAT_IS_NONE = re.compile(r":[^\]]*[^\d\]][^\]]*$")  # after the last bracket of an IPv6 address


SHORTEST_WINDOW_S, LONGEST_WINDOW_S = 4.0, 20.0
SHORTEST_STRIDE_S, LONGEST_STRIDE_S = 2.0, 20.0
Minute = Annotated[int, Field(ge=0, lt=24 * 60)]
LONGEST_NOTES = 500
Notes = Annotated[str, Field(max_length=LONGEST_NOTES)]
MOST_USD = 1_000_000.0
Usd = Annotated[float, Field(ge=0, le=MOST_USD)]
_MICRO = 1_000_000


class AnalysisPlace(StrEnum):
    """Where windows are judged."""

    EMBEDDED = "embedded"
    SERVER = "server"
    DIRECT = "direct"
    OFF = "off"


class CameraSettings(BaseModel):
    """One camera as stored.

    Attributes:
        plan: its own, or None for that of its group or of the shop.
        notes: what the AI is told of this camera in the owner's words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identity
    name: Annotated[str, Field(min_length=1)]
    kind: SourceKind
    url: str
    user: str = ""
    sub_url: str = ""
    transport: Transport = Transport.TCP
    group: str = ""
    sleeps: bool = False
    recording: Recording = Recording.OFF
    hours: tuple[Minute, Minute] | None = None
    scene: Scene = Scene()
    plan: Plan | None = None
    notes: Notes = ""

    def camera(self, plan: Plan = Plan(), notes: str = "") -> Camera:  # noqa: B008 - frozen
        """The domain's camera; ``plan`` holds where it has none of its own, ``notes`` come before its own."""
        return Camera(
            id=CameraId(self.id),
            name=self.name,
            kind=self.kind,
            url=self.url,
            user=self.user,
            sub_url=self.sub_url,
            transport=self.transport,
            group=self.group,
            sleeps=self.sleeps,
            recording=self.recording,
            hours=Hours(*self.hours) if self.hours else None,
            scene=self.scene,
            plan=self.plan or plan,
            notes="\n".join(filter(None, (notes, self.notes))),
        )


class BudgetSettings(BaseModel):
    """What the AI may cost at most, in US dollars; None for no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day_usd: Usd | None = None
    month_usd: Usd | None = None
    camera_day_usd: Usd | None = None
    camera_month_usd: Usd | None = None

    @property
    def caps(self) -> Caps:
        """The same in millionths of a dollar."""
        return Caps(
            day=_micro(self.day_usd),
            month=_micro(self.month_usd),
            camera_day=_micro(self.camera_day_usd),
            camera_month=_micro(self.camera_month_usd),
        )


class ViewSettings(BaseModel):
    """A named arrangement of the wall.

    Attributes:
        layout: ``"auto"``, a count of equal tiles ("1" to "36"), or "1+5", "1+7", ...: one big tile and small ones.
        group: show the cameras of this group alone, or ``""`` for all.
        places: camera ids in the order of the tiles; ``""`` leaves a tile empty. Cameras that are not named follow.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=60)]
    layout: str = "auto"
    group: str = ""
    places: tuple[str, ...] = ()


class Settings(BaseModel):
    """All settings; frozen, a change makes a new one (``model_copy``).

    Attributes:
        plan: of the shop: what holds for a camera unless its group or itself has another.
        group_plans: by group.
        armed: the rules are armed by hand, whatever the hours are.
        alarm_sound: confirmed incidents are heard, too.
        desk_name: as whom this desk takes an incident in hand; "" for the machine's name.
        adaptive_stride: windows of one activity follow each other without overlap once its first ones were clear.
        notes: what the AI is told of the shop in the owner's words.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    version: Literal[1] = 1
    analysis: AnalysisPlace = AnalysisPlace.EMBEDDED
    server_url: str = ""
    language: Literal["en", "fr", "system"] = "system"
    theme: Literal["dark", "light"] = "dark"
    window_s: float = Field(default=10.0, ge=SHORTEST_WINDOW_S, le=LONGEST_WINDOW_S)
    stride_s: float = Field(default=5.0, ge=SHORTEST_STRIDE_S, le=LONGEST_STRIDE_S)
    recording_gib: float = Field(default=50.0, ge=1, le=100_000)
    recording_days: int = Field(default=14, ge=1, le=3650)
    plan: Plan = Plan()
    group_plans: dict[str, Plan] = Field(default_factory=dict)
    armed: bool = False
    alarm_sound: bool = True
    desk_name: Annotated[str, Field(max_length=LONGEST_OWNER)] = ""
    adaptive_stride: bool = False
    notes: Notes = ""
    budget: BudgetSettings = BudgetSettings()
    cameras: tuple[CameraSettings, ...] = ()
    views: tuple[ViewSettings, ...] = ()

    @field_validator("cameras")
    @classmethod
    def _each_its_own(cls, cameras: tuple[CameraSettings, ...]) -> tuple[CameraSettings, ...]:
        """Passwords and history hang on the id: two cameras of one id would share them."""
        if len({camera.id for camera in cameras}) < len(cameras):
            raise ValueError("two cameras have the same id")
        return cameras

    def camera(self, stored: CameraSettings) -> Camera:
        """The domain's camera, with the plan that holds for it: its own, that of its group, or the shop's."""
        camera = stored.camera(self.group_plans.get(stored.group, self.plan), self.notes)
        return replace(camera, plan=replace(camera.plan, armed=True)) if self.armed else camera

    @property
    def sampling(self) -> SamplingRule:
        """The sampling rule these settings ask for."""
        return SamplingRule(self.window_s, self.stride_s, adaptive=self.adaptive_stride)


def _micro(usd: float | None) -> int | None:
    return None if usd is None else round(usd * _MICRO)


def load(file: Path) -> Settings:
    """Read the settings; the defaults where there is no file yet.

    Raises VigintError(SETTINGS_UNREADABLE) for a file that can't be read or understood; it is left untouched.
    """
    try:
        return Settings.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise VigintError(Code.SETTINGS_UNREADABLE, f"{file}: {type(error).__name__}") from error


def save(settings: Settings, file: Path) -> None:
    """Write the settings, whole or not at all. Raises VigintError(STORE_FAILED)."""
    text = json.dumps(settings.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"
    _write(text.encode(), file)


def with_scene(settings: Settings, camera_id: str, scene: Scene) -> Settings:
    """The settings with another scene of one camera; of an unknown one, as they are."""
    cameras = tuple(
        camera.model_copy(update={"scene": scene}) if camera.id == camera_id else camera for camera in settings.cameras
    )
    return settings.model_copy(update={"cameras": cameras})


def save_armed(armed: bool, file: Path) -> None:
    """Store whether the rules are armed by hand, and leave the rest of the settings file as it is.

    Raises VigintError: SETTINGS_UNREADABLE for a file that can't be understood (it is left untouched), STORE_FAILED.
    """
    save(load(file).model_copy(update={"armed": armed}), file)


def save_views(views: Sequence[ViewSettings], file: Path) -> None:
    """Replace the views in the settings file and leave the rest of it as it is.

    Raises VigintError: SETTINGS_UNREADABLE for a file that can't be understood (it is left untouched), STORE_FAILED.
    """
    save(load(file).model_copy(update={"views": tuple(views)}), file)


@contextmanager
def saved(settings: Settings, file: Path) -> Iterator[None]:
    """Save the settings together with what the body keeps: a VigintError of the body puts the file back as it was.

    Raises VigintError(STORE_FAILED), and what the body raises.
    """
    before = _content(file)
    save(settings, file)
    try:
        yield
    except VigintError:
        _write(before, file)
        raise


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(file, error) from error


def _write(content: bytes | None, file: Path) -> None:
    """Replace the file as a whole; None removes it."""
    fresh = file.with_suffix(".new")
    try:
        if content is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with fresh.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())  # else a power cut may leave the new name with nothing behind it
        fresh.replace(file)
    except OSError as error:
        raise _refused(file, error) from error


def _refused(file: Path, error: OSError) -> VigintError:
    return VigintError(Code.STORE_FAILED, f"{file}: {error.strerror}")


def with_server(settings: Settings, server: str | None) -> Settings:
    """The settings with the command line's ``--server``: "embedded", "none" (Gemini directly) or a URL; None keeps."""
    match server:
        case None:
            return settings
        case "embedded":
            return settings.model_copy(update={"analysis": AnalysisPlace.EMBEDDED})
        case "none":
            return settings.model_copy(update={"analysis": AnalysisPlace.DIRECT})
        case url:
            return settings.model_copy(update={"analysis": AnalysisPlace.SERVER, "server_url": url})


def chosen_by_hand(chosen: Settings, in_force: Settings, stored: Settings) -> Settings:
    """What is to be stored of the settings that somebody chose while others were in force than those that are stored.

    A place of analysis that was left as it is in force keeps what is stored.
    """
    if (chosen.analysis, chosen.server_url) != (in_force.analysis, in_force.server_url):
        return chosen
    return chosen.model_copy(update={"analysis": stored.analysis, "server_url": stored.server_url})


def kind_of(url: str) -> SourceKind:
    """What kind of source an address names: ``rtsp://``, ``http(s)://``, a device number or path, else a file."""
    lower = url.lower()
    if lower.startswith(("rtsp://", "rtsps://")):
        return SourceKind.RTSP
    if lower.startswith(("http://", "https://")):
        return SourceKind.MJPEG
    if lower.startswith("demo:"):
        return SourceKind.DEMO
    if url.isdigit() or url.startswith("/dev/video"):
        return SourceKind.USB
    return SourceKind.FILE


def split_credentials(url: str) -> tuple[str, str, str]:
    """``(url without credentials, user, password)``; the last two empty where the URL has none.

    Where a maker wants them among the parameters or in the path, ``{user}`` and ``{password}`` stand there instead.
    """
    bare, user, password = _split_authority(url)
    if kind_of(bare) not in {SourceKind.RTSP, SourceKind.MJPEG}:
        return bare, user, password
    for user_at, password_at in (_IN_PARAMETERS, _IN_PATH):
        found = password_at.search(bare)
        inside = unquote(found["value"]) if found else ""
        if not inside or inside in {PASSWORD_HERE, HIDDEN} or (password and password != inside):
            continue  # nothing, or another one than before the host: which of the two is meant can't be known
        bare, password = _put(PASSWORD_HERE, password_at, bare), inside
        named = user_at.search(bare)
        if named and named["value"] not in {"", USER_HERE} and user in {"", unquote(named["value"])}:
            bare, user = _put(USER_HERE, user_at, bare), unquote(named["value"])
    return bare, user, password


def _put(here: str, at: re.Pattern[str], address: str) -> str:
    """The address with ``here`` as the value of every parameter that ``at`` finds."""
    return at.sub(lambda found: found[0][: found.start("value") - found.start()] + here, address)


def _split_authority(url: str) -> tuple[str, str, str]:
    """As ``split_credentials``, of what stands before the host.

    People paste passwords as they are: an ``@``, ``#`` or ``?`` in one does not end it, nor does a ``/`` where what
    stands before it can't be a host and a port. Percent signs are decoded.
    """
    scheme, sign, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    if "@" in authority:
        sign_in, _, host = authority.rpartition("@")
        address = f"{host}{slash}{path}"
    elif _PORT_THAT_IS_NONE.search(authority) and "@" in path:
        sign_in, _, address = rest.rpartition("@")
    else:
        return url, "", ""
    user, _, password = sign_in.partition(":")
    return f"{scheme}{sign}{address}", unquote(user), unquote(password)
