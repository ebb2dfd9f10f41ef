"""Who may read the figures: whoever asks on this machine, and others only where the owner says so."""

import pytest
from fastapi import Request

from server.routes.metrics import _asked_here


def asked_by(host: str | None, **headers: str) -> bool:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "client": None if host is None else (host, 1234), "headers": named}
    return _asked_here(Request(scope))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may(host: str) -> None:
    assert asked_by(host)


@pytest.mark.parametrize("host", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "testclient", "", None])
def test_others_may_not(host: str | None) -> None:
    assert not asked_by(host)


@pytest.mark.parametrize("header", ["forwarded", "x_forwarded_for", "via"])
def test_a_proxy_on_this_machine_asks_for_others(header: str) -> None:
    assert not asked_by("127.0.0.1", **{header: "192.0.2.7"})
