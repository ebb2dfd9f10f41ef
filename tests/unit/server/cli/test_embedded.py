"""The orders of the desktop: read strictly, repeated never."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.cli.embedded import read_orders
from vigint_core.domain.fault import Code, VigintError

ORDERS: dict[str, Any] = {
    "secret_key": "kq2vX0t9-Zr7Lm4sBw8yEa1uHd6fGc3jNp5",
    "api_key": "vg_ab12_" + "x" * 43,
    "google_api_key": "AQ.hunter2",
    "data_dir": "/data",
    "client_name": "Desk",
}


def test_good_orders() -> None:
    orders = read_orders(json.dumps(ORDERS).encode() + b"\n")
    assert (orders.data_dir, orders.client_name) == (Path("/data"), "Desk")
    assert "hunter2" not in repr(orders)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"", "the line"),
        (b"[]", "the line"),
        (json.dumps({**ORDERS, "data_dir": ["hunter2"]}).encode(), "data_dir"),
        (json.dumps({**ORDERS, "hunter2": 1}).encode()[:40], "the line"),
        (json.dumps({**ORDERS, "secret_key": "hunter2"}).encode(), "secret_key"),
        (json.dumps({k: v for k, v in ORDERS.items() if k != "api_key"}).encode(), "api_key"),
    ],
)
def test_bad_orders_are_named_but_not_repeated(line: bytes, named: str) -> None:
    with pytest.raises(VigintError) as raised:
        read_orders(line)
    assert raised.value.code is Code.REQUEST_INVALID
    assert named in raised.value.detail
    assert "hunter2" not in raised.value.detail
