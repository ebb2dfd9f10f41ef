"""What is counted of a camera."""

from vigint_desktop.capture.channels import CaptureCounters


def test_the_first_opening_is_no_reconnect() -> None:
    assert [CaptureCounters(opened=opened).reconnects for opened in range(4)] == [0, 0, 1, 2]


def test_a_snapshot_no_longer_changes() -> None:
    counters = CaptureCounters(received=3, decoded=2)
    taken = counters.snapshot()
    counters.received += 1
    assert (taken.received, taken.decoded) == (3, 2)
