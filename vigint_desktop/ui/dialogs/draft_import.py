"""What becomes of a list of cameras that is imported into the one being edited. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from vigint_desktop.camera_list import CameraList, ListedCamera
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft, address_key
from vigint_desktop.ui.text import Texts


@dataclass(frozen=True, slots=True)
class Imported:
    """The drafts that come in, and what was left out or changed on the way.

    Attributes:
        skipped: names of cameras whose address is in the list already; those in the list stay as they are.
        stripped: how many had a sign-in in an address, which was dropped.
    """

    drafts: tuple[CameraDraft, ...]
    skipped: tuple[str, ...]
    stripped: int

    def said(self, texts: Texts) -> str:
        """What was done, and what is left to do, in words."""
        said = [texts("cameras.imported", count=len(self.drafts))]
        if self.skipped:
            said.append(texts("cameras.import_skipped", count=len(self.skipped), names=_some(self.skipped)))
        if self.stripped:
            said.append(texts("cameras.import_stripped", count=self.stripped))
        if any(draft.user for draft in self.drafts):
            said.append(texts("cameras.import_passwords"))
        return " ".join(said)


def imported(listed: CameraList, present: Sequence[CameraDraft]) -> Imported:
    """Every camera of the list whose address is not there yet, as a new draft.

    An address is what tells cameras apart: another camera under an id that is taken comes in under an id of its own.
    None comes with a password, nor inherits one that is stored under its id.
    """
    known = {address_key(draft.address) for draft in present}
    drafts: list[CameraDraft] = []
    skipped: list[str] = []
    for camera in listed.cameras:
        if address_key(camera.url) in known:
            skipped.append(camera.name)
            continue
        known.add(address_key(camera.url))
        drafts.append(_draft(camera))
    return Imported(tuple(drafts), tuple(skipped), listed.stripped)


def _draft(camera: ListedCamera) -> CameraDraft:
    return CameraDraft(
        name=camera.name,
        address=camera.url,
        user=camera.user,
        sub_address=camera.sub_url,
        transport=camera.transport,
        group=camera.group,
        sleeps=camera.sleeps,
        recording=camera.recording,
        hours=camera.hours,
        scene=camera.scene,
        plan=camera.plan,
        notes=camera.notes,
        wanted_id=camera.id,
    )


def _some(names: Sequence[str], most: int = 3) -> str:
    """The first names, and that there are more."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
