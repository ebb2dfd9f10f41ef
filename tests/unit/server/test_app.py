"""The application: what is done before it answers anybody."""

from pathlib import Path

import fastapi.routing
import pytest
import requests

from tests.fakes.server import running_server


def test_no_request_waits_for_routes_to_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build, built = fastapi.routing._IncludedRouter._build_effective_context, []
    with running_server(tmp_path) as server:

        def counted(*args: object) -> object:
            built.append(args)
            return build(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(fastapi.routing._IncludedRouter, "_build_effective_context", counted)
        assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200
        assert requests.post(f"{server.url}/v1/analyses", timeout=30).status_code == 401
    assert built == []
