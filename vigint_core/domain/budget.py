"""Money: what may be spent, what was, and what is left out when it gets short. Integer millionths of a US dollar."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

from vigint_core.domain.ids import CameraId


class Economy(IntEnum):
    """What is left out to save money; each step includes those before it.

    FEWER_FRAMES: the model samples half as many pictures. LONGER_STRIDE: windows follow each other without overlap.
    HIGH_VALUE_ONLY: only movement in high-value zones is sent. LOCAL_ONLY: nothing is sent.
    """

    NONE = 0
    FEWER_FRAMES = 1
    LONGER_STRIDE = 2
    HIGH_VALUE_ONLY = 3
    LOCAL_ONLY = 4


@dataclass(frozen=True, slots=True)
class Caps:
    """The owner's limits; None for none.

    Attributes:
        day, month: of the whole site.
        camera_day, camera_month: of each camera.
        reserve_share: share of every cap that only second looks may use, 0 to 1.
    """

    day: int | None = None
    month: int | None = None
    camera_day: int | None = None
    camera_month: int | None = None
    reserve_share: float = 0.15

    @property
    def any(self) -> bool:
        """Whether anything is limited."""
        return any(cap is not None for cap in (self.day, self.month, self.camera_day, self.camera_month))


@dataclass(frozen=True, slots=True)
class Account:
    """What one cap has to bear in its period.

    Attributes:
        spent: settled costs, and the most that calls may have cost of which the provider never said.
        reserved: the most that the calls under way can cost.
    """

    spent: int = 0
    reserved: int = 0

    @property
    def used(self) -> int:
        """Both."""
        return self.spent + self.reserved


@dataclass(frozen=True, slots=True)
class Payer:
    """For whom a call is made.

    Attributes:
        site: the client of a server, or "" on a desktop that asks by itself.
        camera_id: "" for a call that is for no camera.
    """

    site: str = ""
    camera_id: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Money that was put aside for one call; whoever holds it settles it once.

    Attributes:
        id: names it in the books; "" where nothing is limited.
        amount: the most the call can cost.
        at_s: Unix time; the periods that it counts in are those of this moment.
    """

    id: str
    payer: Payer
    amount: int
    at_s: float


@dataclass(frozen=True, slots=True)
class BudgetView:
    """How the money stands.

    Attributes:
        forecast_month: what the month will have cost at its end if it goes on like this, or None before that can be
            told.
        economy: what is left out at every camera.
        cameras: what is left out beyond that at single ones.
    """

    caps: Caps
    spent_day: int
    spent_month: int
    forecast_month: int | None = None
    economy: Economy = Economy.NONE
    cameras: Mapping[CameraId, Economy] = field(default_factory=lambda: MappingProxyType({}))

    def economy_of(self, camera_id: str) -> Economy:
        """What is left out at one camera."""
        return max(self.economy, self.cameras.get(CameraId(camera_id), Economy.NONE))
