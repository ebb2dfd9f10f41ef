"""The OpenAPI document says what the server does: schemathesis asks every route what it can think of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, SerializationContext
from schemathesis.checks import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from server.services import failed_sign_ins
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.server import RunningServer, running_server
from vigint_core.wire import API_KEY_HEADER

EXAMPLES = 25
MORE_THAN_A_SCHEMA_SAYS = {
    ("POST", "/v1/analyses"),  # the clip must be a video, the header its window's id
    ("PUT", "/v1/incidents/{incident_id}"),  # its times must lie from 2000 to 2100, for which schemas have no word
    ("PUT", "/v1/incidents/{incident_id}/files/{kind}"),  # a video, or a picture
    ("PATCH", "/v1/incidents/{incident_id}/files/{kind}"),
    ("PUT", "/v1/analyses/{window_id}/context"),
    ("PATCH", "/v1/analyses/{window_id}/context"),
    ("GET", "/v1/incidents"),  # the cursor must be one that was given
    ("PATCH", "/v1/incidents/{incident_id}"),  # If-Match must name the version that is kept
}
"""What is asked here may be refused though its form is right."""
ENDLESS = "/v1/events"
"""Its answer has no end that could be waited for; tests of its own read it."""


@schemathesis.serializer("application/partial-upload", "video/mp4", "image/jpeg")
def as_it_is(_context: SerializationContext, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    for bound in ("MOST_PER_KEY", "MOST_PER_ADDRESS"):  # each route is asked with wrong keys again and again
        monkeypatch.setattr(failed_sign_ins, bound, 1_000_000)
    with running_server(tmp_path, examiner=ScriptedExaminer()) as running:
        yield running


def findings(server: RunningServer, operation: APIOperation) -> list[str]:
    found: list[str] = []
    particular = (operation.method.upper(), operation.path) in MORE_THAN_A_SCHEMA_SAYS
    unsaid = [positive_data_acceptance] if particular else []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Case) -> None:
        try:
            case.call_and_validate(
                base_url=server.url, headers={API_KEY_HEADER: server.key}, excluded_checks=unsaid, timeout=20
            )
        except FailureGroup as error:
            found.extend(
                f"{operation.method} {operation.path}: {each.title}: {each}"[:700] for each in error.exceptions
            )

    ask()
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # the server's threads do, meanwhile
def test_schemathesis_finds_nothing(server: RunningServer) -> None:
    schema = schemathesis.openapi.from_dict(server.app.openapi()).exclude(path=ENDLESS)
    found = [each for result in schema.get_all_operations() for each in findings(server, result.ok())]
    assert found == [], "\n\n".join(dict.fromkeys(found))
