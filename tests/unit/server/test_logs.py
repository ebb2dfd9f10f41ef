"""Log lines are JSON, and no secret gets into one."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from server.logs import answered, journal, json_formatter
from vigint_core.domain.request_id import bound_request_id


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


def only(lines: io.StringIO) -> dict[str, Any]:
    (line,) = lines.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_an_event_with_values(lines: io.StringIO) -> None:
    journal("server.test").info("serving", port=8000, ready=True, address="é")
    line = only(lines)
    assert (line["event"], line["port"], line["ready"], line["address"]) == ("serving", 8000, True, "é")
    assert (line["level"], line["logger"]) == ("info", "server.test")
    assert line["timestamp"].endswith("Z")


def test_a_librarys_record(lines: io.StringIO) -> None:
    logging.getLogger("library").info("took %d of %s", 3, "five")
    assert only(lines)["event"] == "took 3 of five"


@pytest.mark.parametrize(
    "path", ["/v1/me", '/a"b\\c\n{"level": "error"}', "/é\u2028", "/l/vg_ab12_hunter2hunter2-x_y", "/a;token=hunter2"]
)
def test_an_answers_line_is_what_any_other_would_be(lines: io.StringIO, path: str) -> None:
    """It is put together by hand, because every request writes one."""
    answered("127.0.0.1:1", "GET", path, 200, "desk-1")
    with bound_request_id("desk-1"):
        journal("server.access").info("request", peer="127.0.0.1:1", method="GET", path=path, status=200)
    by_hand, usual, _ = lines.getvalue().split("\n")
    told, wanted = ({**json.loads(line), "timestamp": ""} for line in (by_hand, usual))
    assert told == wanted
    assert "hunter2" not in by_hand


def test_a_level_that_leaves_out_answers_has_none(lines: io.StringIO) -> None:
    logging.getLogger("server.access").setLevel(logging.WARNING)
    answered("127.0.0.1:1", "GET", "/v1/me", 200, "desk-1")
    logging.getLogger("server.access").setLevel(logging.NOTSET)
    assert not lines.getvalue()


@pytest.mark.parametrize("name", ["api_key", "google_api_key", "secret", "password", "Authorization", "secret_key"])
def test_a_value_with_a_secrets_name_is_hidden(lines: io.StringIO, name: str) -> None:
    journal("server.test").info("loaded", **{name: "hunter2"})
    assert only(lines)[name] == "***"


@pytest.mark.expects_log("failed")
def test_an_exceptions_text_is_cleaned(lines: io.StringIO) -> None:
    error = ValueError("no answer from rtsp://admin:hunter2@10.0.0.1/live")
    journal("server.test").error("failed", exc_info=error)
    line = only(lines)
    assert "ValueError" in line["exception"]
    assert "hunter2" not in lines.getvalue()


def test_what_looks_like_a_secret_is_hidden_in_any_value(lines: io.StringIO) -> None:
    journal("server.test").info("asked", by="vg_ab12_hunter2hunter2-x_y")
    assert only(lines)["by"] == "vg_ab12_***"
