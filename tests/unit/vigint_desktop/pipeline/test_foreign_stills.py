"""Stills of other desks' incidents: which are asked for, and which are kept."""

from contextlib import suppress

import pytest

from tests.fakes.http_peer import Reply, problem
from tests.fakes.incident_peer import IncidentPeer
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.status import IncidentStill
from vigint_desktop.pipeline import foreign_stills as module
from vigint_desktop.pipeline import server_files
from vigint_desktop.pipeline.foreign_stills import ForeignStills
from vigint_desktop.pipeline.server_files import ServerFiles
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink

I1, I2, I3 = map(IncidentId, ("i1", "i2", "i3"))


@pytest.fixture
def files(link: ServerLink, server: IncidentPeer) -> ServerFiles:
    return ServerFiles(link, Endpoint(server.url, "vg_1_key"))


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def stills(sink: RecordingSink) -> ForeignStills:
    return ForeignStills(sink)


def fetch_all(stills: ForeignStills, files: ServerFiles) -> int:
    """How often it had something to ask for."""
    times = 0
    while stills.fetch(files):
        times += 1
    return times


def test_the_newest_comes_first_and_each_is_told_once(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills, sink: RecordingSink
) -> None:
    server.files = {("i1", "still"): b"one", ("i2", "still"): b"two"}
    stills.want([I2, I3, I1])
    assert fetch_all(stills, files) == 3
    stills.want([I2, I3, I1])
    assert fetch_all(stills, files) == 0
    assert sink.events == [IncidentStill(I2, b"two"), IncidentStill(I1, b"one")]
    assert (stills.get(I1), stills.get(I3)) == (b"one", None)


def test_what_was_not_there_is_asked_for_again_when_it_may_be(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills
) -> None:
    server.files = {("i1", "still"): b"one"}
    stills.want([I1, I2])
    fetch_all(stills, files)
    server.files["i2", "still"] = b"two"
    stills.ask_again([I1, I2])
    assert fetch_all(stills, files) == 1
    assert stills.get(I2) == b"two"


def test_another_still_takes_the_place_of_the_one_before(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills, sink: RecordingSink
) -> None:
    server.files = {("i1", "still"): b"one"}
    stills.want([I1])
    fetch_all(stills, files)
    stills.outdate(I1)
    assert stills.get(I1) == b"one"
    fetch_all(stills, files)
    assert len(sink.events) == 1, "it is the same"
    server.files = {("i1", "still"): b"better"}
    stills.outdate(I1)
    fetch_all(stills, files)
    assert sink.events[1:] == [IncidentStill(I1, b"better")]


def test_a_long_one_is_read_in_pieces(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_files, "PIECE", 4)
    server.files = {("i1", "still"): b"0123456789"}
    stills.want([I1])
    fetch_all(stills, files)
    assert stills.get(I1) == b"0123456789"
    assert len(server.asked) == 3


def test_one_that_changes_under_the_reading_is_not_put_together(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_files, "PIECE", 4)
    read = files.read

    def replaced(*given: object) -> server_files.Piece:
        piece = read(*given)  # type: ignore[arg-type]
        server.files = {("i1", "still"): b"abcdefghij"}
        return piece

    monkeypatch.setattr(files, "read", replaced)
    server.files = {("i1", "still"): b"0123456789"}
    stills.want([I1])
    fetch_all(stills, files)
    assert stills.get(I1) is None
    stills.outdate(I1)  # the server tells of the new one
    fetch_all(stills, files)
    assert stills.get(I1) == b"abcdefghij"


def test_no_more_are_kept_than_there_is_room_for(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    monkeypatch.setattr(module, "MOST_BYTES", 8)
    server.files = {(f"i{n}", "still"): b"1234" for n in range(5)}
    stills.want([IncidentId(f"i{n}") for n in range(5)])
    assert fetch_all(stills, files) == 3
    assert [n for n in range(5) if stills.get(IncidentId(f"i{n}"))] == [0, 1], "the newest"
    stills.want([I2])
    assert stills.get(IncidentId("i0")) is None
    stills.want([IncidentId("i0")])
    assert fetch_all(stills, files) == 1, "it is among the newest again"


def test_one_that_is_too_long_is_left(server: IncidentPeer, files: ServerFiles, stills: ForeignStills) -> None:
    server.files = {("i1", "still"): bytes(1024 * 1024 + 1)}
    stills.want([I1])
    assert fetch_all(stills, files) == 1
    assert (stills.get(I1), len(server.asked)) == (None, 1)


def test_one_that_always_fails_holds_up_no_other(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills
) -> None:
    server.files = {("i1", "still"): b"one", ("i2", "still"): b"two"}
    server.says["GET /v1/incidents/i2"] = Reply(500)
    stills.want([I2, I1])
    for _ in range(2):
        with suppress(ServerError):
            stills.fetch(files)
    assert (stills.get(I1), stills.get(I2)) == (b"one", None)


@pytest.mark.parametrize("reply", [problem(403, Code.AUTH_FORBIDDEN), Reply(503), Reply(404, b"<html>")])
def test_what_fails_is_asked_for_again(
    server: IncidentPeer, files: ServerFiles, stills: ForeignStills, reply: Reply
) -> None:
    server.files = {("i1", "still"): b"one"}
    server.says["GET"] = reply
    stills.want([I1])
    with pytest.raises(ServerError):
        stills.fetch(files)
    server.says.clear()
    assert fetch_all(stills, files) == 1
    assert stills.get(I1) == b"one"
