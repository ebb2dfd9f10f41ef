"""The socket that the server listens on: bound before anything else is started, or told in words; and its memory."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from server.cli import listener
from server.cli.allocator import keep_small
from server.cli.listener import open_socket
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.server import running_server
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


def test_while_it_serves_its_memory_is_kept_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def kept_small() -> Coroutine[Any, Any, None]:
        told.append("keeps")
        return keep_small()

    monkeypatch.setattr(listener, "bound_heaps", lambda: told.append("bounds"))
    monkeypatch.setattr(listener, "keep_small", kept_small)
    with running_server(tmp_path, examiner=ScriptedExaminer()):
        pass
    assert told == ["bounds", "keeps"]
