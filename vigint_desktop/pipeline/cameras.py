"""The cameras of the running program, each with the one who watches it: capture, gate and sampling tied together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vigint_core.domain.budget import BudgetView
from vigint_core.domain.camera import Camera
from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span, Window
from vigint_core.domain.zone import Scene
from vigint_core.media.packets import PacketCut
from vigint_core.media.redact import Redaction
from vigint_core.policy.sampling import SamplingRule
from vigint_core.ports import Clock
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.gate.attention import attention_of
from vigint_desktop.gate.motion import GateRule, MotionGate
from vigint_desktop.pipeline.messages import Arranged, Message
from vigint_desktop.pipeline.watcher import Ears, Post, Watcher

_MISSED_S = 5.0  # longer than any usual distance of key frames, by which two cuts of the same span differ


@dataclass(frozen=True, slots=True)
class Seat:
    """A camera on the wall: what it is, the password in force, who watches it, with which gate, by which rule."""

    camera: Camera
    password: str
    watcher: Watcher
    gate: MotionGate
    rule: SamplingRule
    channels: Channels


class Cameras:
    """Adds and removes cameras while the program runs. Called on the GUI thread, but for ``cut``."""

    def __init__(
        self,
        supervisor: Supervisor,
        submit: Callable[[Window], None],
        tell: Callable[[Message], None],
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._supervisor = supervisor
        self._submit = submit
        self._tell = tell
        self._seats: dict[CameraId, Seat] = {}

    def arrange(self, wanted: Sequence[tuple[Camera, str]], rule: SamplingRule) -> None:
        """Make the wall show exactly ``wanted`` (camera, password), in that order.

        A camera with the same address stays what it is: its rings, its gate and its figures go on, and its streams are
        opened anew only for another password, user, transport or sub stream. Another address is another camera.
        """
        addresses = {camera.id: (camera.kind, camera.url) for camera, _ in wanted}
        for camera_id, seat in list(self._seats.items()):
            if addresses.get(camera_id) != (seat.camera.kind, seat.camera.url):
                self._supervisor.remove(camera_id)
                del self._seats[camera_id]
        self._seats = {camera.id: self._taken(camera, password, rule) for camera, password in wanted}
        self._tell(Arranged(tuple(camera for camera, _ in wanted)))

    def seats(self) -> list[Seat]:
        """All of them, in order."""
        return list(self._seats.values())

    def seat(self, camera_id: CameraId) -> Seat | None:
        """One of them, or None for an unknown camera."""
        return self._seats.get(camera_id)

    def economise(self, view: BudgetView) -> None:
        """Have each camera leave out what the money asks for. Callable from any thread."""
        for camera_id, seat in list(self._seats.items()):
            seat.watcher.economise(view.economy_of(camera_id))

    def suspect(self, camera_id: CameraId) -> None:
        """Something is suspected at a camera: its windows overlap for a while. Callable from any thread."""
        seat = self._seats.get(camera_id)
        if seat is not None:
            seat.watcher.suspect(self._clock.monotonic())

    def take_frames(self) -> dict[CameraId, Frame]:
        """The newest frame of each camera that was not taken yet."""
        taken = ((camera_id, seat.channels.mailbox.take()) for camera_id, seat in self._seats.items())
        return {camera_id: frame for camera_id, frame in taken if frame is not None}

    def cut(self, camera_id: CameraId, span: Span) -> PacketCut | None:
        """The camera's packets over a stretch of monotonic time; None when they are gone. Callable from any thread.

        Also after the supervisor has stopped: the last clips of a run are cut then.
        """
        seat = self._seats.get(camera_id)
        return longer(seat.channels.packets.cut(span), seat.channels.sub_packets.cut(span)) if seat else None

    def _taken(self, camera: Camera, password: str, rule: SamplingRule) -> Seat:
        """The camera's seat: the one it has, described anew, or a new one."""
        seat = self._seats.get(camera.id)
        if seat is None:
            return self._seat(camera, password, rule)
        if (seat.camera, seat.password, seat.rule) == (camera, password, rule):
            return seat
        if seat.camera.scene != camera.scene:
            seat.channels.pictures.redact(Redaction(camera.scene))
            seat.gate.set(_gate_rule(camera.scene), attention_of(camera.scene))
        seat.watcher.describe(camera, rule)
        self._supervisor.change(camera, password)
        return replace(seat, camera=camera, password=password, rule=rule)

    def _seat(self, camera: Camera, password: str, rule: SamplingRule) -> Seat:
        channels = Channels()
        channels.pictures.redact(Redaction(camera.scene))
        gate = MotionGate(_gate_rule(camera.scene), attention_of(camera.scene))
        post = Post(gate, channels.pictures, self._clock.wall)
        watcher = Watcher(camera, rule, post, Ears(self._submit, self._tell))
        self._supervisor.add(camera, password, watcher, channels)
        return Seat(camera, password, watcher, gate, rule, channels)


def _gate_rule(scene: Scene) -> GateRule:
    return GateRule(sensitivity=scene.sensitivity, occupied_s=scene.occupied_s)


def longer(main: PacketCut | None, sub: PacketCut | None) -> PacketCut | None:
    """The main stream's packets, unless they were lost for a while over which the sub stream went on."""
    if main is None or sub is None:
        return main or sub
    return sub if sub.span.length_s > main.span.length_s + _MISSED_S else main


def fresher(main: PacketCut | None, sub: PacketCut | None) -> PacketCut | None:
    """The main stream's packets, unless they are older than what the sub stream brings now."""
    if main is None or sub is None:
        return main or sub
    return sub if sub.span.end_s > main.span.end_s + _MISSED_S else main
