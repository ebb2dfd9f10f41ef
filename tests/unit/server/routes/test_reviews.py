"""Reviews over HTTP: for one version only, kept with who and when, untouched by the desk; and lists in pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes.server import RunningServer, running_server
from tests.integration.test_server_http import BODY, ask, problem
from vigint_core.domain.fault import Code
from vigint_core.wire import IncidentList, IncidentView

REAL = {"review": {"verdict": "real", "owner": "Ana", "state": "in_hand", "locked": True}}
PATH = "/v1/incidents/i1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


@pytest.fixture
def key(server: RunningServer) -> str:
    return server.key


def put(server: RunningServer, key: str, incident_id: str = "i1", **told: Any) -> requests.Response:
    return ask(server, "PUT", f"/v1/incidents/{incident_id}", key, json={**BODY, **told})


def patch(server: RunningServer, key: str, body: Any, tag: str | None = '"1"', kind: str = "") -> requests.Response:
    headers = {"If-Match": tag} if tag is not None else {}
    headers["Content-Type"] = kind or "application/merge-patch+json"
    with requests.Session() as session:
        return session.patch(server.url + PATH, json=body, headers={**headers, "X-API-Key": key}, timeout=20)


def view(answer: requests.Response) -> IncidentView:
    assert answer.status_code == 200, answer.text
    found = IncidentView.model_validate_json(answer.content)
    assert answer.headers["ETag"] == f'"{found.version}"'
    return found


def test_a_review_is_kept_with_who_and_when_and_no_repeat_of_the_desk_undoes_it(
    server: RunningServer, key: str
) -> None:
    assert view(put(server, key)).version == 1
    first = view(patch(server, key, REAL))
    second = view(
        patch(server, key, {"review": {"comment": "Both bottles.", "locked": None}}, '"2"', "application/json")
    )
    again = view(put(server, key, state="unconfirmed"))
    read = view(ask(server, "GET", PATH, key))

    assert (first.review.verdict, first.review.owner, first.review.locked) == ("real", "Ana", True)
    assert first.review.by == key.split("_")[1]
    assert first.review.at is not None
    assert (second.review.owner, second.review.comment, second.review.locked) == ("Ana", "Both bottles.", False)
    assert (again.version, again.review, again.state) == (4, second.review, "unconfirmed")
    assert [each.comment for each in read.reviews] == ["", "Both bottles."]
    assert read == again


def test_a_repeat_of_the_desk_has_the_same_tag(server: RunningServer, key: str) -> None:
    assert view(put(server, key)).version == view(put(server, key)).version == 1


def test_a_review_for_no_version_or_another_one_is_refused(server: RunningServer, key: str) -> None:
    put(server, key)
    problem(patch(server, key, REAL, None), 428, Code.REQUEST_PRECONDITION_MISSING)
    for tag in ('"2"', "1", 'W/"1"', "", '"11"'):
        problem(patch(server, key, REAL, tag), 412, Code.REQUEST_VERSION_CONFLICT)
    assert view(ask(server, "GET", PATH, key)).reviews == []
    assert view(patch(server, key, REAL, '"7", "1"')).version == 2
    assert view(patch(server, key, {"review": {"owner": "Bo"}}, "*")).version == 3


def test_what_is_not_there_is_not_found(server: RunningServer, key: str) -> None:
    problem(ask(server, "GET", PATH, key), 404, Code.REQUEST_NOT_FOUND)
    problem(patch(server, key, REAL), 404, Code.REQUEST_NOT_FOUND)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"review": None},
        {"review": {"verdict": "maybe"}},
        {"review": {"comment": "x" * 2001}},
        {"review": {"owner": "x" * 101}},
        {"review": {"by": "k1"}},
        {"state": "confirmed"},
    ],
    ids=str,
)
def test_only_what_people_say_can_be_changed(server: RunningServer, key: str, body: Any) -> None:
    put(server, key)
    problem(patch(server, key, body), 422, Code.REQUEST_INVALID)


def listed(server: RunningServer, key: str, query: str) -> IncidentList:
    return IncidentList.model_validate_json(ask(server, "GET", f"/v1/incidents?{query}", key).content)


def test_a_list_goes_on_behind_its_cursor_whatever_comes_in_between(server: RunningServer, key: str) -> None:
    for n in range(5):
        put(server, key, f"i{n}")  # all of one moment
    first = listed(server, key, "limit=2")
    put(server, key, "i9", opened="2026-11-23T00:00:00Z")
    second = listed(server, key, f"limit=2&cursor={first.next_cursor}")
    last = listed(server, key, f"limit=2&cursor={second.next_cursor}")

    assert [[each.id for each in page.incidents] for page in (first, second, last)] == [
        ["i4", "i3"],
        ["i2", "i1"],
        ["i0"],
    ]
    assert last.next_cursor is None
    assert [each.reviews for each in first.incidents] == [[], []]


def test_filters_narrow_a_list(server: RunningServer, key: str) -> None:
    put(server, key, "i1")
    put(server, key, "i2", severity="low", state="vetoed", opened="2026-11-22T14:00:00Z")
    put(server, key, "i3", camera_id="door", state="unconfirmed", opened="2026-11-22T15:00:00Z")
    patch(server, key, REAL)

    def ids(query: str) -> list[str]:
        return [each.id for each in listed(server, key, query).incidents]

    assert ids("state=vetoed&state=unconfirmed") == ["i3", "i2"]
    assert ids("severity=low") == ["i2"]
    assert ids("review=in_hand") == ["i1"]
    assert ids("review=new&camera=door") == ["i3"]
    assert ids("since=2026-11-22T14:00:00Z&before=2026-11-22T15:00:00Z") == ["i2"]


@pytest.mark.parametrize(
    "query", ["cursor=x", "limit=0", "limit=501", "state=perhaps", "camera=../x", "since=yesterday", "offset=3"]
)
def test_a_list_that_is_not_understood_is_refused(server: RunningServer, key: str, query: str) -> None:
    problem(ask(server, "GET", f"/v1/incidents?{query}", key), 422, Code.REQUEST_INVALID)
