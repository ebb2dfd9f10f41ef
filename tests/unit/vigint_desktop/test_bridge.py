"""Where threads meet Qt: every kind of event has a signal, and it comes out on the GUI thread."""

import threading
from typing import get_args

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import Event, FaultCleared
from vigint_desktop.bridge import Bridge

SIGNALS = {
    "Incident": "incident_changed",
    "IncidentStill": "still_arrived",
    "ReviewTold": "review_told",
    "ForeignIncidents": "foreign_told",
    "IncidentGone": "incident_gone",
    "ClipFetched": "clip_fetched",
    "WindowRecord": "window_recorded",
    "Activity": "activity_changed",
    "CoverageCounted": "coverage_counted",
    "CameraStatus": "camera_changed",
    "CameraEffort": "effort_changed",
    "CameraHealth": "health_changed",
    "CameraRecording": "recording_changed",
    "Snapshot": "snapshot_taken",
    "FoundCamera": "camera_found",
    "FoundStreams": "streams_found",
    "PartStatus": "part_changed",
    "BudgetTold": "budget_changed",
    "Fault": "fault_raised",
    "FaultCleared": "fault_cleared",
    "CheckResult": "check_finished",
}


class Receiver(QObject):
    """Lives on the GUI thread; notes what it was told, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[object, bool]] = []

    @Slot(object)
    def take(self, event: object) -> None:
        self.told.append((event, QThread.currentThread() is self.thread()))


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_kind_of_event_has_a_signal_of_its_own(qtbot: QtBot, kind: type[Event]) -> None:
    bridge = Bridge()
    event = kind.__new__(kind)  # what is in it is nobody's business here
    heard: list[str] = []
    for name in SIGNALS.values():
        getattr(bridge, name).connect(lambda told, name=name: heard.append(name) if told is event else None)

    bridge.publish(event)

    assert heard == [SIGNALS[kind.__name__]]


def test_what_a_thread_publishes_arrives_on_the_gui_thread_in_order(qtbot: QtBot) -> None:
    bridge, receiver = Bridge(), Receiver()
    bridge.fault_raised.connect(receiver.take)
    bridge.fault_cleared.connect(receiver.take)
    events = [Fault(Code.DISK_FULL, "desk", "", 1.0), FaultCleared("desk", Code.DISK_FULL)] * 3
    worker = threading.Thread(target=lambda: [bridge.publish(event) for event in events])

    worker.start()
    worker.join()

    assert receiver.told == [], "nothing arrives while the GUI thread is busy"
    qtbot.waitUntil(lambda: len(receiver.told) == 6, timeout=30_000)
    assert receiver.told == [(event, True) for event in events]
