"""The socket that the server listens on: bound before anything else is started, or told in words."""

import pytest

from server.cli.listener import open_socket
from vigint_core.domain.fault import Code, VigintError


def test_port_zero_is_a_free_one() -> None:
    with open_socket("127.0.0.1", 0) as sock:
        address, port = sock.getsockname()
        assert address == "127.0.0.1"
        assert port > 0


def test_a_port_that_is_taken_is_told() -> None:
    with open_socket("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        with pytest.raises(VigintError) as caught:
            open_socket("127.0.0.1", port)
    assert caught.value.code is Code.SERVER_FAILED
    assert caught.value.detail.startswith(f"address 127.0.0.1 port {port}: ")


def test_an_address_that_is_none_of_ours_is_told() -> None:
    with pytest.raises(VigintError) as caught:
        open_socket("192.0.2.1", 0)  # reserved for documentation: no machine has it
    assert caught.value.code is Code.SERVER_FAILED
