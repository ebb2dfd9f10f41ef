"""A camera while it is being edited, and what has to be true before it can be stored. No Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vigint_core.domain.ids import camera_id_from_name
from vigint_desktop.settings import CameraSettings, kind_of, split_credentials


@dataclass(frozen=True, slots=True)
class CameraDraft:
    """What the form holds.

    Attributes:
        id: "" for a camera that was not stored yet.
        address: as typed, but never with a password in it.
        password: None keeps the stored one, "" removes it. Of a camera that was not stored yet nothing is kept: what
            lies under its name belonged to another camera, which may have stood somewhere else.
    """

    id: str = ""
    name: str = ""
    address: str = ""
    user: str = ""
    password: str | None = None
    has_password: bool = False

    @classmethod
    def of(cls, camera: CameraSettings, *, has_password: bool) -> "CameraDraft":
        """A stored camera, to be changed."""
        return cls(camera.id, camera.name, camera.url, camera.user, None, has_password)

    def with_address(self, typed: str) -> "CameraDraft":
        """Another address; user and password in it move to their own fields."""
        address, user, password = split_credentials(typed.strip())
        return replace(self, address=address, user=user or self.user, password=password or self.password)

    @property
    def problem(self) -> str:
        """Key of the sentence that says what is missing, or ""."""
        if not self.name.strip():
            return "cameras.no_name"
        return "" if self.address else "cameras.no_address"

    @property
    def changed_password(self) -> str | None:
        """What becomes of the stored password: another one, "" for none, None for no change."""
        return self.password if self.id else self.password or ""

    def settings(self, taken: Sequence[str]) -> CameraSettings:
        """What is stored; a new camera gets an id of its own that is not among ``taken``."""
        camera_id = self.id or _free_id(camera_id_from_name(self.name), taken)
        return CameraSettings(
            id=camera_id, name=self.name.strip(), kind=kind_of(self.address), url=self.address, user=self.user.strip()
        )


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


def _free_id(wanted: str, taken: Sequence[str]) -> str:
    number, candidate = 1, wanted
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate
