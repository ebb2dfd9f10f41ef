"""Places for files on a server: what is asked, and what its answers mean."""

import pytest

from tests.fakes.http_peer import HttpPeer, Reply, problem
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_desktop.pipeline.server_files import NOTHING_YET, PIECE, Piece, Progress, ServerFiles
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.store.upload_books import UploadKind

I1, ALERT = IncidentId("i1"), UploadKind.ALERT


@pytest.fixture
def files(link: ServerLink, endpoint: Endpoint) -> ServerFiles:
    return ServerFiles(link, endpoint)


def far(status: int, offset: str, complete: str = "?0") -> Reply:
    return Reply(status, headers={"Upload-Offset": offset, "Upload-Complete": complete})


@pytest.mark.parametrize(
    ("reply", "progress"),
    [
        (far(204, "700"), Progress(700, complete=False)),
        (far(200, "900", "?1"), Progress(900, complete=True)),
        (problem(404, Code.REQUEST_NOT_FOUND), NOTHING_YET),
        (Reply(405), NOTHING_YET),
        (problem(403, Code.AUTH_FORBIDDEN), NOTHING_YET),
    ],
)
def test_how_far_a_file_is(peer: HttpPeer, files: ServerFiles, reply: Reply, progress: Progress) -> None:
    peer.plays(reply)
    assert files.progress(I1, ALERT) == progress
    assert (peer.asked[0].method, peer.asked[0].path) == ("HEAD", "/v1/incidents/i1/files/alert")
    assert peer.asked[0].headers["X-API-Key"] == "vg_123456_secret-key"


@pytest.mark.parametrize("reply", [Reply(200), far(204, "-1"), far(204, "1²"), far(204, "many")])
def test_an_answer_that_says_nothing_is_no_answer(peer: HttpPeer, files: ServerFiles, reply: Reply) -> None:
    peer.plays(reply)
    with pytest.raises(ServerError) as caught:
        files.progress(I1, ALERT)
    assert caught.value.code is Code.SERVER_NOT_VIGINT


@pytest.mark.parametrize("last", [True, False])
def test_a_part_says_where_it_belongs_and_whether_it_is_the_last(
    peer: HttpPeer, files: ServerFiles, last: bool
) -> None:
    peer.plays(far(409, "5"))
    assert files.append(I1, ALERT, 300, b"part", last=last) == Progress(5, complete=False)

    (asked,) = peer.asked
    assert (asked.method, asked.body) == ("PATCH", b"part")
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Complete"]) == ("300", "?1" if last else "?0")


@pytest.mark.parametrize("reply", [problem(413, Code.CLIP_TOO_LARGE), problem(409, Code.REQUEST_CONFLICT)])
def test_a_refusal_keeps_its_code(peer: HttpPeer, files: ServerFiles, reply: Reply) -> None:
    peer.plays(reply)
    with pytest.raises(ServerError) as caught:
        files.append(I1, ALERT, 0, b"part", last=True)
    assert caught.value.status == reply.status
    with pytest.raises(ServerError):
        files.put(I1, ALERT, b"whole")


@pytest.mark.parametrize(
    ("reply", "lost"),
    [
        (problem(404, Code.REQUEST_NOT_FOUND), True),
        (problem(403, Code.AUTH_FORBIDDEN), True),
        (problem(405, Code.REQUEST_INVALID), False),
        (Reply(200), False),
    ],
)
def test_an_erased_incident_is_told_from_an_older_server(
    peer: HttpPeer, files: ServerFiles, reply: Reply, lost: bool
) -> None:
    peer.plays(reply)
    assert files.has_lost(I1) is lost


def part(content: bytes, where: str, status: int = 206) -> Reply:
    return Reply(status, content, {"Content-Range": where, "ETag": '"m"'})


def test_a_file_is_read_in_pieces(peer: HttpPeer, files: ServerFiles) -> None:
    peer.plays(part(b"cde", "bytes 2-4/5"))
    assert files.read(I1, ALERT, 2) == Piece(b"cde", 5, '"m"')
    assert peer.asked[0].path == "/v1/incidents/i1/files/alert"
    assert peer.asked[0].headers["Range"] == f"bytes=2-{2 + PIECE - 1}"

    peer.plays(Reply(200, b"abcde"))  # somebody between us and the server knows no ranges
    assert files.read(I1, ALERT, 2) == Piece(b"cde", 5, "")


@pytest.mark.parametrize(
    "reply",
    [
        part(b"cde", "bytes 0-2/5"),
        part(b"cde", "bytes 2-4/*"),
        part(b"", "bytes 2-4/5"),
        part(b"cde", ""),
        Reply(204),
        problem(404, Code.REQUEST_NOT_FOUND),
    ],
)
def test_what_is_not_the_piece_that_was_asked_for_is_none(peer: HttpPeer, files: ServerFiles, reply: Reply) -> None:
    peer.plays(reply)
    with pytest.raises(ServerError) as caught:
        files.read(I1, ALERT, 2)
    assert caught.value.status == reply.status
