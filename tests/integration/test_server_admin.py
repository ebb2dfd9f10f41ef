"""The owner's commands: the same on the database and over a running server; and nobody else's."""

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from server.__main__ import main
from server.db.tables import LinkRight
from server.db.tenant import Tenant
from server.routes.admin import PREFIX
from server.services.admin.credential import ADMIN_HEADER, admin_key
from server.services.admin.office import Office
from server.services.admin.operations import OPERATIONS
from server.services.failed_sign_ins import MOST_PER_KEY
from tests.fakes.examiner import SUSPICION, ScriptedExaminer
from tests.fakes.server import CLIENT, SECRET_KEY, RunningServer, running_server
from tests.integration.test_server_http import BODY
from vigint_core.domain.fault import Code
from vigint_core.wire import API_KEY_HEADER, IncidentBody, Problem

KEY = admin_key(SecretStr(SECRET_KEY)).get_secret_value()
PUBLIC = {"vigint_public_url": "https://vigint.example"}
UNLIKE = ("id", "key", "secret", "created_s", "updated_s", "last_used_s", "expires_s", "old_until_s", "revoked_s", "at")
"""What differs between two of the same kind."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """A server whose database the commands of this process are on, too."""
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("VIGINT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VIGINT_PUBLIC_URL", PUBLIC["vigint_public_url"])
    monkeypatch.setenv("VIGINT_KEY_REQUESTS_MINUTE", "1000000")  # as the fake server has it
    monkeypatch.setenv("VIGINT_KEY_LOOKS", "1000")
    with running_server(tmp_path, examiner=ScriptedExaminer(first=SUSPICION), limits=PUBLIC) as running:
        yield running


@pytest.fixture
def told(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> "Told":
    """What the commands print."""
    return Told(server, capsys)


class Told:
    """The owner at a terminal."""

    def __init__(self, server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
        self.there = ("--server", server.url)
        self._capsys = capsys

    def run(self, *words: str, code: int = 0) -> str:
        """Type a command; what it printed, its errors where it failed."""
        self._capsys.readouterr()
        assert main(words) == code, self._capsys.readouterr().err
        printed = self._capsys.readouterr()
        return printed.err if code else printed.out

    def both(self, *words: str) -> Any:
        """A command that changes nothing, here and there: the same JSON, and the same words."""
        here, there = (self.run(*words, "--json", *where) for where in ((), self.there))
        assert here == there
        assert self.run(*words) == self.run(*words, *self.there)
        return json.loads(here)

    def alike(self, here: tuple[str, ...], there: tuple[str, ...]) -> tuple[Any, Any]:
        """Two commands that do the like, one here and one there."""
        one, two = json.loads(self.run(*here, "--json")), json.loads(self.run(*there, "--json", *self.there))
        assert plain(one) == plain(two)
        return one, two


def plain(value: Any) -> Any:
    """An answer without what differs between two of the same kind; where it was none, that stays."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {name: it is not None if name in UNLIKE else plain(it) for name, it in value.items()}


def tenant(server: RunningServer) -> Tenant:
    return Tenant(server.parts.database, server.parts.clients.named(CLIENT).id)


def put(server: RunningServer, *incident_ids: str) -> None:
    for incident_id in incident_ids:
        body = IncidentBody.model_validate({**BODY, "camera_id": f"cam-{incident_id}", "camera_name": "Till\x1b[2J"})
        server.parts.incidents.put(tenant(server), incident_id, body)


def test_clients(server: RunningServer, told: Told) -> None:
    for name, where in (("Lyon", ()), ("Nice", told.there)):
        wish = ("clients", "add", name, "--time-zone", "Europe/Paris", "--language", "fr", "--json")
        made = json.loads(told.run(*wish, *where))
        assert (made["name"], made["time_zone"], made["language"]) == (name, "Europe/Paris", "fr")
        told.run("clients", "set", name, "--language", "en", *where)
    listed = told.both("clients", "list")
    assert [(each["name"], each["language"], each["time_zone"]) for each in listed[:2]] == [
        ("Lyon", "en", "Europe/Paris"), ("Nice", "en", "Europe/Paris"),
    ]  # fmt: skip


def test_keys_and_their_limits(server: RunningServer, told: Told) -> None:
    one, two = told.alike(("keys", "add", CLIENT, "--days", "30"), ("keys", "add", CLIENT, "--days", "30"))
    assert one["key"].startswith(f"vg_{one['id']}_")
    limits = ("--requests-minute", "30", "--bytes-hour", "2GiB", "--spend-day", "2.50", "--looks", "none")
    for made, where in ((one, ()), (two, told.there)):
        told.run("keys", "limits", made["id"], *limits, *where)
        told.run("keys", "limits", made["id"], "--requests-minute", "default", *where)
    listed = told.both("keys", "list", "--client", CLIENT)
    wanted = {"requests_minute": None, "bytes_hour": 2 << 30, "looks": 0, "spend_day": 2_500_000, "spend_month": None}
    assert [key["limits"] for key in listed][1:] == [wanted, wanted]
    assert told.both("keys", "limits", one["id"])["limits"] == wanted
    one, two = told.alike(
        ("keys", "rotate", one["id"], "--overlap", "1"), ("keys", "rotate", two["id"], "--overlap", "1")
    )
    told.alike(("keys", "revoke", one["id"]), ("keys", "revoke", two["id"]))
    assert [key["state"] for key in told.both("keys", "list")] == ["good", "revoked", "revoked"]
    secrets = [made["key"].split("_", 2)[2] for made in (one, two)]
    assert not [secret for secret in secrets if secret in told.run("keys", "list")]


def test_sites_and_cameras(server: RunningServer, told: Told) -> None:
    put(server, "i1", "i2")
    for name, where in (("North", ()), ("South", told.there)):
        assert json.loads(told.run("sites", "add", CLIENT, name, "--json", *where))["name"] == name
    told.run("sites", "assign", CLIENT, "cam-i1", "North")
    told.run("sites", "assign", CLIENT, "cam-i2", "South", *told.there)
    assert [(each["id"], each["site_name"]) for each in told.both("sites", "cameras", CLIENT)] == [
        ("cam-i1", "North"), ("cam-i2", "South"),
    ]  # fmt: skip
    assert "\x1b" not in told.run("sites", "cameras", CLIENT)
    told.run("sites", "rename", CLIENT, "South", "Harbour", *told.there)
    told.run("sites", "assign", CLIENT, "cam-i1", "--nowhere", *told.there)
    assert {site["name"]: site["cameras"] for site in told.both("sites", "list", CLIENT)} == {"Harbour": 1, "North": 0}
    with requests.Session() as session:
        seen = session.get(f"{server.url}/v1/cameras", headers={API_KEY_HEADER: server.key}, timeout=20).json()
        sites = session.get(f"{server.url}/v1/sites", headers={API_KEY_HEADER: server.key}, timeout=20).json()
    assert [(each["id"], each["site"] and each["site"]["name"]) for each in seen["cameras"]] == [
        ("cam-i1", None), ("cam-i2", "Harbour"),
    ]  # fmt: skip
    assert [site["name"] for site in sites["sites"]] == ["Harbour", "North"]
    told.run("sites", "remove", CLIENT, "Harbour")
    assert json.loads(told.run("sites", "erase-camera", CLIENT, "cam-i2", "--yes", "--json", *told.there))["incidents"]
    assert [each["id"] for each in told.both("sites", "cameras", CLIENT)] == ["cam-i1"]


def test_recipients(server: RunningServer, told: Told) -> None:
    wishes = ("--least", "high", "--state", "confirmed", "--hours", "mon-fri 09:00-20:00", "--language", "fr")
    one, _ = told.alike(
        ("recipients", "add", CLIENT, "owner@shop.example", *wishes),
        ("recipients", "add", CLIENT, "owner@shop.example", *wishes),
    )
    hooks = told.alike(*(("recipients", "add", CLIENT, "https://shop.example/alerts", "--channel", "webhook"),) * 2)
    assert all(hook["secret"].startswith("whsec_") for hook in hooks)
    told.run("recipients", "set", CLIENT, one["id"], "--pause", "--hours", "always", *told.there)
    renewed = json.loads(told.run("recipients", "secret", CLIENT, hooks[0]["id"], "--json", *told.there))
    assert renewed["secret"] != hooks[0]["secret"]
    told.run("recipients", "remove", CLIENT, hooks[1]["id"])
    first, second, hook = told.both("recipients", "list", CLIENT)
    assert (first["paused"], first["hours"], first["least"], first["states"]) == (True, None, "high", ["confirmed"])
    assert second["hours"][0] == [[540, 1200]]
    assert (hook["channel"], "secret" in hook) == ("webhook", False)


def test_incidents_and_their_links(server: RunningServer, told: Told) -> None:
    put(server, "i1", "i2", "i3")
    made = [server.parts.links.make(tenant(server), "i1", LinkRight.VIEW) for _ in range(2)]
    for incident_id, where in (("i1", ()), ("i2", told.there)):
        assert json.loads(told.run("incidents", "lock", CLIENT, incident_id, "--json", *where))["review"]["locked"]
    told.run("incidents", "unlock", CLIENT, "i1", *told.there)
    listed = told.both("incidents", "list", CLIENT)
    assert {each["id"]: each["review"]["locked"] for each in listed} == {"i1": False, "i2": True, "i3": False}
    assert told.both("incidents", "list", CLIENT, "--camera", "cam-i3")[0]["id"] == "i3"
    assert told.both("incidents", "show", CLIENT, "i2")["review"]["by"] == "admin"
    assert len(told.both("incidents", "links", CLIENT, "i1")) == 2
    told.run("incidents", "revoke-link", CLIENT, "i1", made[0].id)
    told.run("incidents", "revoke-link", CLIENT, "i1", made[1].id, *told.there)
    assert all(link["revoked_s"] for link in told.both("incidents", "links", CLIENT, "i1"))
    assert told.run("incidents", "erase", CLIENT, "i2", "--yes", *told.there, code=1) == "Incident i2 is locked.\n"
    told.run("incidents", "erase", CLIENT, "i2", "--yes", "--locked", *told.there)
    told.run("incidents", "erase", CLIENT, "i3", "--yes")
    assert [each["id"] for each in told.both("incidents", "list", CLIENT)] == ["i1"]


def test_usage_jobs_and_what_is_kept(server: RunningServer, told: Told) -> None:
    assert told.both("usage", "--client", CLIENT)["by"] == "day"
    assert told.run("usage", "--client", CLIENT, "--csv") == told.run("usage", "--client", CLIENT, "--csv", *told.there)
    assert told.both("jobs", "list", "--state", "failed", "--state", "cancelled") == []
    told.run("clients", "keep", CLIENT, "--rule", "low=31", "--rule", "vetoed=3", *told.there)
    kept = told.both("clients", "keep", CLIENT)
    assert (kept["days"]["low"], kept["vetoed"]) == (31, 3)
    told.run("clients", "keep", CLIENT, "--default")
    assert told.both("clients", "keep", CLIENT)["days"]["low"] != 31


def test_a_client_is_erased_with_all_it_has(server: RunningServer, told: Told) -> None:
    for name in ("Gone here", "Gone there"):
        server.parts.clients.add(name)
        server.parts.clients.add_key(name)
    assert "say --yes" in told.run("clients", "erase", "Gone here", code=2)
    told.run("clients", "erase", "Gone here", "--yes")
    assert json.loads(told.run("clients", "erase", "Gone there", "--yes", "--json", *told.there))["rows"] >= 1
    assert [client["name"] for client in told.both("clients", "list")] == [CLIENT]


@pytest.mark.parametrize(
    "words",
    [
        "clients set Nobody --language fr", "keys revoke ffff", "keys limits ffff --looks 3", "keys add Nobody",
        "sites list Nobody", "incidents show Nobody i1", "jobs retry none", "usage --client Nobody",
    ],
)  # fmt: skip
def test_what_can_not_be_done_is_said_in_the_same_words(server: RunningServer, told: Told, words: str) -> None:
    here = told.run(*words.split(), code=1)
    assert here.startswith(("There is no ", "Nobody has no "))
    assert told.run(*words.split(), *told.there, code=1) == here


def test_refusals_are_told_in_the_same_words(server: RunningServer, told: Told) -> None:
    put(server, "i1")
    for words in (
        ("clients", "add", CLIENT),
        ("incidents", "show", CLIENT, "i9"),
        ("sites", "rename", CLIENT, "Nowhere", "There"),
        ("recipients", "add", CLIENT, "no address"),
        ("recipients", "add", CLIENT, "http://shop.example/x", "--channel", "webhook"),
        ("clients", "set", CLIENT, "--time-zone", "Mars/Base"),
    ):
        assert told.run(*words, code=1) == told.run(*words, *told.there, code=1) != ""


def test_what_is_nothing_that_can_be_asked_ends_with_2(server: RunningServer, told: Told) -> None:
    assert told.run("sites", "list", " ", code=2).startswith("client: ")
    few = told.run("keys", "limits", "ab12", "--bytes-hour", "1MiB", *told.there, code=2)
    assert "room for one upload" in few


def admin_routes(server: RunningServer) -> list[str]:
    """The addresses of every route of the application that is the owner's."""
    routers: list[Any] = [server.app]
    for router in routers:
        routers += [each.original_router for each in router.routes if hasattr(each, "original_router")]
    paths = [getattr(route, "path", "") for router in routers for route in router.routes]
    return [path for path in paths if path.startswith("/admin")]


def post(server: RunningServer, path: str, **sent: Any) -> requests.Response:
    with requests.Session() as session:
        return session.post(server.url + path, timeout=20, **sent)


def test_every_operation_has_its_route_and_none_is_public(server: RunningServer) -> None:
    assert set(admin_routes(server)) == {PREFIX + name for name in OPERATIONS}
    assert Office(server.parts).operations == OPERATIONS.keys()
    assert "/admin" not in json.dumps(server.app.openapi())


def test_every_route_refuses_whoever_has_not_the_admin_key(server: RunningServer) -> None:
    """Also with a client's key in either header, and with ``SECRET_KEY`` itself."""
    parts = server.parts
    before = [client.id for client in parts.clients.all()]
    for path in admin_routes(server):
        for headers in ({}, {API_KEY_HEADER: server.key}, {"Authorization": f"VigInt-Admin {KEY}"}):
            answer = post(server, path, headers=headers, data=b"{no json")
            assert (answer.status_code, code_of(answer)) == (401, Code.AUTH_MISSING_KEY), path
        assert post(server, f"{path}?{ADMIN_HEADER}={KEY}").status_code == 401
        for wrong in (server.key, SECRET_KEY, KEY[:-1], KEY + "x", "é"):
            answer = post(server, path, headers={ADMIN_HEADER: wrong.encode()})
            assert answer.status_code in {401, 429}, path
            assert code_of(answer) in {Code.AUTH_INVALID_KEY, Code.AUTH_TOO_MANY}
            assert not [word for word in (KEY, SECRET_KEY, server.key) if word in answer.text]
    assert [client.id for client in parts.clients.all()] == before
    assert post(server, PREFIX + "clients/list", headers={ADMIN_HEADER: KEY}).status_code == 200, "the owner is let in"


def code_of(answer: requests.Response) -> Code:
    return Problem.model_validate_json(answer.content).code


def test_failures_are_counted_and_logged_once(server: RunningServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "server.services.failed_sign_ins")
    path = PREFIX + "clients/list"
    codes = [code_of(post(server, path, headers={ADMIN_HEADER: "hunter2"})) for _ in range(MOST_PER_KEY + 1)]
    assert codes == [Code.AUTH_INVALID_KEY] * MOST_PER_KEY + [Code.AUTH_TOO_MANY]
    (line,) = [each.getMessage() for each in caplog.records if each.name == "server.services.failed_sign_ins"]
    assert "admin" in line
    assert "hunter2" not in line


def test_a_malformed_question_is_told_by_its_place(server: RunningServer) -> None:
    for body, place in ((b"{no json", ": "), (b'{"name": "A", "more": 1}', "more: "), (b'{"name": ""}', "name: ")):
        answer = post(server, PREFIX + "clients/add", headers={ADMIN_HEADER: KEY}, data=body)
        assert (answer.status_code, code_of(answer)) == (422, Code.REQUEST_INVALID)
        assert place in answer.json()["errors"][0]


def test_no_secret_is_in_a_log_or_an_error(
    server: RunningServer, told: Told, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    made = json.loads(told.run("keys", "add", CLIENT, "--json", *told.there))
    monkeypatch.setenv("SECRET_KEY", "tK2q9ZxVh7mLp3RtYbWn5Dc4Hf6GsJe1UaXo8iEvQ0zPdMyF")
    wrong = told.run("clients", "list", *told.there, code=1)
    assert wrong == "SECRET_KEY here is not that of this server (auth.invalid_key)\n"
    hidden = (KEY, SECRET_KEY, os.environ["SECRET_KEY"], made["key"].split("_", 2)[2])
    assert "done for the owner" in caplog.text
    assert not [word for word in hidden if word in caplog.text + wrong]
    assert not [word for word in hidden if word in " ".join(sys.argv)]
