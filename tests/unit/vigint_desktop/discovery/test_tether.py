"""The tether: sockets that hang on it are shut when it is cut or when its time is over."""

import socket
from collections.abc import Iterator

import pytest

from vigint_desktop.discovery.tether import Tether


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    near.settimeout(30.0)
    with near, far:
        yield near, far


def test_a_reader_gets_its_end_when_the_tether_is_cut(ends: tuple[socket.socket, socket.socket]) -> None:
    with Tether(60.0) as tether:
        tether.hold(ends[0])
        tether.cut()
        assert ends[0].recv(1) == b""
    assert (tether.cut_off.is_set(), tether.overdue) == (True, False)


def test_a_reader_gets_its_end_when_the_time_is_over(ends: tuple[socket.socket, socket.socket]) -> None:
    with Tether(0.01) as tether:
        tether.hold(ends[0])
        assert ends[0].recv(1) == b""
    assert (tether.cut_off.is_set(), tether.overdue) == (True, True)


def test_what_is_tied_to_a_cut_tether_is_shut_at_once(ends: tuple[socket.socket, socket.socket]) -> None:
    with Tether(60.0) as tether:
        tether.cut()
        tether.hold(ends[0])
        assert ends[0].recv(1) == b""


def test_a_socket_that_was_closed_before_does_not_matter(ends: tuple[socket.socket, socket.socket]) -> None:
    with Tether(60.0) as tether:
        tether.hold(ends[0])
        ends[0].close()
        tether.cut()


def test_a_tether_that_was_never_cut_leaves_everything_open(ends: tuple[socket.socket, socket.socket]) -> None:
    with Tether(60.0) as tether:
        tether.hold(ends[0])
    ends[1].send(b"x")
    assert ends[0].recv(1) == b"x"
    assert not tether.cut_off.is_set()
