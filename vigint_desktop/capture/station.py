"""One camera of the wall: its streams and their workers, which of them serves what, and what stays when one goes."""

import threading
from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.policy.streams import Extent, Service, Stream, Supply, serve
from vigint_core.ports import Clock, EventSink
from vigint_desktop.capture.channels import Channels, Tap
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.effort import EffortTeller
from vigint_desktop.capture.lookout import Lookout
from vigint_desktop.capture.outlet import Outlet
from vigint_desktop.capture.source import Demand, Opener
from vigint_desktop.capture.worker import CameraWorker, Retrying

STALLED_AFTER_S: Final = 2.0
_MOST_STALLED_AFTER_S: Final = 10.0
_LATE: Final = 2.5
"""Usual pauses after which a picture is late: where one comes every 3 s, two seconds mean nothing."""
STUCK_AFTER_S: Final = 10.0
"""Longer than the time-outs of opening a stream together (2 x 4 s), so only a call that ignores them is given up."""
_MOST_ABANDONED: Final = 3
"""Threads of one stream that may hang at a time; each holds a stream's memory, so no more are started on top."""


@dataclass(frozen=True, slots=True)
class Gear:
    """What every camera is captured with."""

    sink: EventSink
    clock: Clock
    opener: Opener
    retrying: Retrying


class Station:
    """Runs one camera. ``serve_streams`` may be called by any thread; everything else by one at a time.

    Attributes:
        camera: as the owner describes it.
        channels: where its pictures are found.
        condition: how it is.
    """

    def __init__(self, camera: Camera, password: str, tap: Tap, channels: Channels, gear: Gear) -> None:
        self.camera = camera
        self.channels = channels
        self.condition = Condition(camera, gear.sink, gear.clock, self.serve_streams)
        self._password = password
        self._gear = gear
        self._lookout = Lookout(tap, self.condition)
        self._effort = EffortTeller(camera.id, gear.sink)
        self._workers: dict[Stream, CameraWorker] = {}
        self._abandoned: list[CameraWorker] = []
        self._tile = Extent()
        self._service: Service | None = None
        self._serving = threading.Lock()

    @property
    def runs(self) -> bool:
        """Whether its streams are read."""
        return bool(self._workers)

    def start(self) -> None:
        """Read its streams."""
        streams = (Stream.MAIN, Stream.SUB) if self.camera.sub_url else (Stream.MAIN,)
        self._service = None
        self.condition.begin()
        self._workers = {stream: self._worker(stream) for stream in streams}
        self.serve_streams()
        for worker in self._workers.values():
            worker.start()

    def halt(self) -> list[CameraWorker]:
        """Stop reading; returns the workers that are on their way out, those that hang among them."""
        leaving = [*self._workers.values(), *self._abandoned]
        self._workers, self._abandoned = {}, []
        for worker in leaving:
            worker.outlet.shut(self._gear.clock.monotonic())
            worker.give_up()
        return leaving

    def describe(self, camera: Camera, password: str) -> bool:
        """Take a new description on; True when the streams have to be opened anew for it."""
        other = _connection(camera) != _connection(self.camera) or password != self._password
        self.camera, self._password = camera, password
        self.condition.rename(camera)
        return other

    def show_at(self, tile: Extent) -> None:
        """Device pixels of the camera's tile; 0 x 0 while it is not on screen."""
        self._tile = tile
        if not tile:
            self.channels.mailbox.clear()
        self.serve_streams()

    def retry_now(self) -> None:
        """Open its streams anew at once."""
        for worker in self._workers.values():
            worker.retry_now()

    def confirm_view(self) -> None:
        """What it shows now is what it is meant to show."""
        self._lookout.confirm_view()

    def check(self) -> None:
        """Is its picture old, does a thread hang, does it keep up, does the other stream serve its tile better?"""
        self._abandoned = [worker for worker in self._abandoned if worker.is_alive]
        for stream, worker in list(self._workers.items()):
            self._notice_stall(worker)
            if worker.busy_s() > STUCK_AFTER_S:
                self._give_up(stream, worker)
        self._effort.check(self.channels.counters, self.channels.sub_counters)
        self.serve_streams()

    def serve_streams(self) -> None:
        """Decide anew who serves what, and want it of the streams."""
        with self._serving:
            workers = dict(self._workers)
            if not workers:
                return
            service = self._service = self._decided(workers)
            mailbox = self.channels.mailbox
            mailbox.want(service.tile)
            self._lookout.watch(service.watch, self._gear.clock.monotonic())
            for stream, worker in workers.items():
                shown = stream is service.tile or (
                    mailbox.showing is not service.tile and not self.condition.lost(stream)
                )
                tile = self._tile if shown else Extent()
                watched = stream is service.watch or stream is Stream.SUB
                worker.outlet.demand = Demand(tile.width, tile.height, watched)

    def _decided(self, workers: dict[Stream, CameraWorker]) -> Service:
        if Stream.SUB not in workers:
            return Service(Stream.MAIN, Stream.MAIN)
        supply = Supply(
            main_lost=self.condition.lost(Stream.MAIN),
            sub_lost=self.condition.lost(Stream.SUB),
            sub_size=workers[Stream.SUB].outlet.size,
        )
        return serve(self._tile, supply, self._service)

    def _notice_stall(self, worker: CameraWorker) -> None:
        alive_s = worker.outlet.alive_mono_s
        patience_s = min(max(STALLED_AFTER_S, _LATE * worker.outlet.pause_s), _MOST_STALLED_AFTER_S)
        if alive_s is not None and self._gear.clock.monotonic() - alive_s > patience_s:
            worker.outlet.tell(lambda condition: condition.stalled(worker.outlet.stream, alive_s))

    def _give_up(self, stream: Stream, hanging: CameraWorker) -> None:
        """Replace a thread that hangs: it can't be killed, but nothing of it gets out any more.

        When too many hang already nothing new is started, and the camera goes on saying that it is stuck.
        """
        self.condition.failed(Code.CAMERA_STUCK, "", None, stream)
        if sum(worker.outlet.stream is stream for worker in self._abandoned) >= _MOST_ABANDONED:
            return
        hanging.outlet.shut(self._gear.clock.monotonic())
        hanging.give_up()
        self._abandoned.append(hanging)
        self._channels_of(stream).counters.replaced += 1
        fresh = self._worker(stream)
        self._workers = {**self._workers, stream: fresh}
        self.serve_streams()
        fresh.start()

    def _worker(self, stream: Stream) -> CameraWorker:
        channels = self._channels_of(stream)
        tap = self._lookout.of(stream, channels.counters)
        outlet = Outlet(self.camera, channels, tap, self.condition, stream=stream)
        camera = self.camera if stream is Stream.MAIN else replace(self.camera, url=self.camera.sub_url)
        gear = self._gear
        return CameraWorker(camera, self._password, outlet, gear.opener, gear.clock, gear.retrying)

    def _channels_of(self, stream: Stream) -> Channels:
        return self.channels if stream is Stream.MAIN else self.channels.of_sub()


def _connection(camera: Camera) -> Camera:
    """What of a camera its streams depend on."""
    return Camera(
        camera.id, "", camera.kind, camera.url, camera.user, sub_url=camera.sub_url, transport=camera.transport
    )
