"""A server to talk to, and a link to it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.http_peer import HttpPeer, http_peer
from tests.fakes.incident_peer import IncidentPeer, incident_peer
from tests.fakes.next_door import Room
from tests.fakes.review_desk import ReviewDesk
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as listening:
        yield listening


@pytest.fixture
def endpoint(peer: HttpPeer) -> Endpoint:
    return Endpoint(peer.url, "vg_123456_secret-key")


@pytest.fixture
def link(endpoint: Endpoint) -> Iterator[ServerLink]:
    made = ServerLink()
    made.set_endpoint(endpoint)
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[IncidentPeer]:
    with incident_peer() as listening:
        yield listening


@pytest.fixture
def room(tmp_path: Path, link: ServerLink, server: IncidentPeer) -> Iterator[Room]:
    link.set_endpoint(Endpoint(server.url, "vg_1_key"))
    with closing(Room(tmp_path, link)) as made:
        yield made


@pytest.fixture
def desk(
    tmp_path: Path, link: ServerLink, server: IncidentPeer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReviewDesk]:
    """A desk with reviews to bring, and what the reviewer tells it."""
    monkeypatch.setattr("random.random", lambda: 0.0)  # every delay at its longest
    link.set_endpoint(Endpoint(server.url, "vg_1_key"))
    with closing(ReviewDesk(tmp_path / "desk.sqlite3", link)) as made:
        yield made
