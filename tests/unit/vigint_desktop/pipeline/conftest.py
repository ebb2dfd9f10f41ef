"""A server to talk to, and a link to it."""

from collections.abc import Iterator

import pytest

from tests.fakes.http_peer import HttpPeer, http_peer
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
