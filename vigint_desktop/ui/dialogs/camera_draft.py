"""A camera while it is being edited, and what has to be true before it can be stored. No Qt."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from urllib.parse import urlsplit

from vigint_core.domain.camera import Recording, SourceKind, Transport
from vigint_core.domain.ids import camera_id_from_name
from vigint_core.domain.schedule import Plan
from vigint_core.domain.zone import Scene
from vigint_desktop.camera_list import holds_secret
from vigint_desktop.settings import LONGEST_NOTES, CameraSettings, kind_of, split_credentials

Field = Literal["name", "group", "address", "password", "sub_address", "hours", "notes"]
Remarks = Mapping[Field, str]
"""Keys of sentences, each beside the field that it is about."""
ON_THE_NETWORK: Final = frozenset({SourceKind.RTSP, SourceKind.MJPEG})
MISSING: Final = frozenset({"cameras.no_name", "cameras.no_address"})
"""Problems that every new camera begins with."""
USUAL_HOURS: Final = (8 * 60, 20 * 60)
_HOST_ALONE = re.compile(r"\d{1,3}(\.\d{1,3}){3}(:\d+)?(/.*)?")


@dataclass(frozen=True, slots=True)
class CameraDraft:
    """What the form holds.

    Attributes:
        id: "" for a camera that was not stored yet.
        address, sub_address: as typed, but never with a password in it.
        password: None keeps the stored one, "" removes it. Of a camera that was not stored yet nothing is kept: what
            lies under its name belonged to another camera, which may have stood somewhere else.
        hours: minutes after midnight, or None for always.
        wanted_id: of a camera that was not stored yet: the id to take if it is free, "" for one made from the name.
    """

    id: str = ""
    name: str = ""
    address: str = ""
    user: str = ""
    password: str | None = field(default=None, repr=False)
    has_password: bool = False
    sub_address: str = ""
    transport: Transport = Transport.TCP
    group: str = ""
    sleeps: bool = False
    recording: Recording = Recording.OFF
    hours: tuple[int, int] | None = None
    scene: Scene = Scene()  # noqa: RUF009 - frozen
    plan: Plan | None = None
    notes: str = ""
    wanted_id: str = ""

    @classmethod
    def of(cls, camera: CameraSettings, *, has_password: bool) -> "CameraDraft":
        """A stored camera, to be changed. A sign-in in its address moves where it belongs, unless one is there."""
        stored = cls(
            id=camera.id,
            name=camera.name,
            address=camera.url,
            user=camera.user,
            has_password=has_password,
            sub_address=camera.sub_url,
            transport=camera.transport,
            group=camera.group,
            sleeps=camera.sleeps,
            recording=camera.recording,
            hours=camera.hours,
            scene=camera.scene,
            plan=camera.plan,
            notes=camera.notes,
        )
        return stored if has_password else stored.with_address(camera.url).with_sub_address(camera.sub_url)

    def with_address(self, typed: str) -> "CameraDraft":
        """Another address; user and password in it move to their own fields."""
        address, user, password = split_credentials(typed.strip())
        return replace(self, address=address, user=user or self.user, password=password or self.password)

    def with_sub_address(self, typed: str) -> "CameraDraft":
        """Another address of the small stream; user and password in it move to their own fields."""
        address, user, password = split_credentials(typed.strip())
        return replace(self, sub_address=address, user=user or self.user, password=password or self.password)

    def signed_in(self, user: str, password: str) -> "CameraDraft":
        """Itself with a user and a password."""
        return replace(self, user=user, password=password or None)

    def named(self, otherwise: str) -> "CameraDraft":
        """Itself, with another name where it has none yet."""
        return self if self.name.strip() else replace(self, name=otherwise)

    @property
    def kind(self) -> SourceKind:
        """How it is read, by its address."""
        return kind_of(self.address)

    @property
    def host(self) -> str:
        """Where on the network it is, or ""."""
        return host_of(self.address)

    @property
    def problems(self) -> Remarks:
        """What keeps it from being stored."""
        found: dict[Field, str] = {}
        if not self.name.strip():
            found["name"] = "cameras.no_name"
        misplaced: dict[Field, str] = {"name": self.name, "group": self.group}  # with its password, it would be stored
        found |= {where: "cameras.misplaced_address" for where, typed in misplaced.items() if "://" in typed}
        if not self.address:
            found["address"] = "cameras.no_address"
        elif _is_broken(self.address):
            found["address"] = "cameras.broken_address"
        if self.has_sub:
            found |= self._sub_problem()
        if self.hours and self.hours[0] == self.hours[1]:
            found["hours"] = "cameras.same_hours"
        if len(self.notes) > LONGEST_NOTES:
            found["notes"] = "cameras.long_notes"
        return found

    @property
    def problem(self) -> str:
        """Key of the first sentence that says what is missing, or ""."""
        return next(iter(self.problems.values()), "")

    @property
    def has_sub(self) -> bool:
        """Whether it has a small stream; only cameras on the network can."""
        return bool(self.sub_address) and self.kind in ON_THE_NETWORK

    @property
    def changed_password(self) -> str | None:
        """What becomes of the stored password: another one, "" for none, None for no change."""
        return self.password if self.id else self.password or ""

    @property
    def signs_in(self) -> bool:
        """Whether a password goes with it, typed now or stored before."""
        return bool(self.password) or (self.has_password and self.password is None)

    def settings(self, taken: Sequence[str]) -> CameraSettings:
        """What is stored; a new camera gets an id of its own that is not among ``taken``."""
        camera_id = self.id or _free_id(self.wanted_id or camera_id_from_name(self.name), taken)
        return CameraSettings(
            id=camera_id,
            name=self.name.strip(),
            kind=self.kind,
            url=self.address,
            user=self.user.strip(),
            sub_url=self.sub_address if self.has_sub else "",
            transport=self.transport,
            group=self.group.strip(),
            sleeps=self.sleeps,
            recording=self.recording,
            hours=self.hours,
            scene=self.scene,
            plan=self.plan,
            notes=self.notes,
        )

    def _sub_problem(self) -> dict[Field, str]:
        if _is_broken(self.sub_address):
            return {"sub_address": "cameras.broken_address"}
        if kind_of(self.sub_address) is not self.kind:
            return {"sub_address": "cameras.other_kind"}
        return {}


def doubts(drafts: Sequence[CameraDraft], place: int) -> Remarks:
    """What may be a slip in one of the drafts, but can be stored."""
    draft = drafts[place]
    others = [other for number, other in enumerate(drafts) if number != place]
    found: dict[Field, str] = {}
    name = draft.name.strip().casefold()
    if name and any(other.name.strip().casefold() == name for other in others):
        found["name"] = "cameras.same_name"
    if draft.kind is SourceKind.FILE and _HOST_ALONE.fullmatch(draft.address):
        found["address"] = "cameras.host_alone"
    elif draft.address and any(address_key(other.address) == address_key(draft.address) for other in others):
        found["address"] = "cameras.same_address"
    elif holds_secret(draft.address):
        found["address"] = "cameras.secret_in_address"
    if draft.has_sub and address_key(draft.sub_address) == address_key(draft.address):
        found["sub_address"] = "cameras.same_streams"
    elif holds_secret(draft.sub_address):
        found["sub_address"] = "cameras.secret_in_address"
    if draft.user.strip() and draft.kind in ON_THE_NETWORK and not draft.signs_in:
        found["password"] = "cameras.no_password"  # noqa: S105 - a sentence, not a password
    return found


def stored_cameras(
    drafts: Sequence[CameraDraft], before: Iterable[str] = ()
) -> tuple[tuple[CameraSettings, ...], dict[str, str]]:
    """All drafts as settings, in order, and the changed passwords by camera id. Drafts must have no problem.

    ``before``: ids of the cameras that are stored now; the password of one that goes, goes with it.
    """
    taken = [draft.id for draft in drafts if draft.id]
    cameras: list[CameraSettings] = []
    passwords = {gone: "" for gone in before if gone not in taken}
    for draft in drafts:
        camera = draft.settings(taken)
        taken.append(camera.id)
        cameras.append(camera)
        if draft.changed_password is not None:
            passwords[camera.id] = draft.changed_password
    return tuple(cameras), passwords


def groups_of(drafts: Iterable[CameraDraft]) -> list[str]:
    """The names of the groups there are, in the order of the cameras."""
    return list(dict.fromkeys(draft.group.strip() for draft in drafts if draft.group.strip()))


def address_key(address: str) -> str:
    """The same for two spellings of one address: case does not count before the path."""
    scheme, sign, rest = address.strip().partition("://")
    if not sign:
        return address.strip()
    authority, slash, path = rest.partition("/")
    return f"{scheme}{sign}{authority}".lower() + (f"{slash}{path}" if path else "")


def host_of(address: str) -> str:
    """The host of an address on the network, or ""."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_broken(address: str) -> bool:
    """Whether an address on the network lacks a host, has a port that is none, or has a space in it."""
    if kind_of(address) not in ON_THE_NETWORK:
        return False
    try:
        parts = urlsplit(address)
        complete = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return True
    return not complete or bool(re.search(r"\s", address))


def _free_id(wanted: str, taken: Sequence[str]) -> str:
    number, candidate = 1, wanted
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def with_scenes(cameras: Sequence[CameraSettings], now: Sequence[CameraSettings]) -> tuple[CameraSettings, ...]:
    """The cameras with their scenes as they are stored now: zones are drawn elsewhere, maybe since these were read."""
    scenes = {camera.id: camera.scene for camera in now}
    return tuple(camera.model_copy(update={"scene": scenes.get(camera.id, camera.scene)}) for camera in cameras)
