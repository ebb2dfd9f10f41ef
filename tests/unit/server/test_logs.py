"""Log lines are JSON, and no secret gets into one."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from server.logs import journal, json_formatter


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


def test_an_access_line_has_no_query(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", "/v1/me?x=hunter2", "1.1", 200
    )
    line = only(lines)
    assert (line["event"], line["path"], line["status"]) == ("request", "/v1/me", 200)
    assert "hunter2" not in lines.getvalue()


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
