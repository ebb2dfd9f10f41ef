"""``vigint-desktop doctor``: proves every link of the chain in turn, and says what to do about a broken one."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.status import CheckResult, Event
from vigint_core.texts import cause, remedy, sentence
from vigint_desktop import secrets, settings
from vigint_desktop.capture.check import check_camera
from vigint_desktop.options import Options
from vigint_desktop.paths import Paths
from vigint_desktop.pipeline.checks import check_gemini, check_server
from vigint_desktop.pipeline.embedded import EmbeddedServer
from vigint_desktop.pipeline.judging import handshake_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.secrets import SecretStore, WithEnvironment, open_secrets
from vigint_desktop.settings import AnalysisPlace, Settings
from vigint_desktop.store.schema import connect

LEAST_FREE = 2 * 1024**3  # bytes; a busy day of clips
START_S = 20.0  # patience with the embedded server


@dataclass(frozen=True, slots=True)
class Finding:
    """One link of the chain.

    Attributes:
        found: what was seen, in words.
        code, cause, remedy: of what is wrong; empty where it passed.
    """

    link: str
    passed: bool
    found: str
    code: str = ""
    cause: str = ""
    remedy: str = ""


def examine(options: Options) -> list[Finding]:
    """Prove settings, secrets, disk, books, cameras, server, sign-in and AI.

    Raises VigintError(STORE_FAILED) when the program's folders can't be made.
    """
    paths = options.paths.made()
    chosen, first = _settings(paths)
    service = secrets.service_for(options.data_dir)
    store = WithEnvironment(lambda: open_secrets(paths.secrets_file, service), os.environ)
    return [
        first,
        *_proven("secrets", lambda: _secrets(store)),
        _disk(paths),
        _books(paths),
        *_proven("cameras", lambda: _cameras(options, chosen, store)),
        *_proven("AI", lambda: _judging(settings.with_server(chosen, options.server), paths, store)),
    ]


def print_findings(findings: list[Finding], *, as_json: bool) -> None:
    """Print a table for people, or one JSON document."""
    if as_json:
        print(json.dumps({"passed": all(f.passed for f in findings), "findings": [asdict(f) for f in findings]}))
        return
    for finding in findings:
        print(f"{'pass' if finding.passed else 'FAIL'}  {finding.link:<14} {finding.found}")
        if finding.cause:
            print(f"      {'':<14} {finding.cause} {finding.remedy}")


def _fault(link: str, code: Code, found: str, *, passed: bool = False) -> Finding:
    return Finding(link, passed, found, code.value, cause("en", code), remedy("en", code))


def _proven(link: str, prove: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What ``prove`` finds; that it could not go on (the secrets can't be read) is a finding too."""
    try:
        return list(prove())
    except VigintError as error:
        return [_fault(link, error.code, error.detail)]


def _settings(paths: Paths) -> tuple[Settings, Finding]:
    try:
        chosen = settings.load(paths.settings_file)
    except VigintError as error:
        return Settings(), _fault("settings", error.code, error.detail)
    return chosen, Finding("settings", passed=True, found=f"{paths.settings_file}; analysis: {chosen.analysis.value}")


def _secrets(store: SecretStore) -> Iterator[Finding]:
    store.get(secrets.EMBEDDED_KEY)  # that a file is damaged shows when it is read
    if store.protected:
        yield Finding("secrets", passed=True, found=store.place)
    else:
        yield _fault("secrets", Code.SECRETS_UNPROTECTED, store.place, passed=True)


def _disk(paths: Paths) -> Finding:
    free = shutil.disk_usage(paths.data).free
    found = f"{free / 1024**3:.1f} GiB free in {paths.data}"
    return Finding("disk", passed=True, found=found) if free >= LEAST_FREE else _fault("disk", Code.DISK_FULL, found)


def _books(paths: Paths) -> Finding:
    """Open, and on a file of its own really write: what a read-only folder would hide."""
    probe = paths.data / f"doctor-{os.getpid()}.sqlite3"
    try:
        connection = connect(probe, read_only=False)
        connection.close()
    except VigintError as error:
        return _fault("books", error.code, error.detail)
    finally:
        for file in probe.parent.glob(probe.name + "*"):
            file.unlink(missing_ok=True)
    return Finding("books", passed=True, found=f"{paths.database} (SQLite {sqlite3.sqlite_version})")


def _cameras(options: Options, chosen: Settings, store: SecretStore) -> Iterator[Finding]:
    stored = [(c.camera(), store.get(secrets.camera_password(c.id))) for c in chosen.cameras]
    cameras: list[tuple[Camera, str]] = list(options.cameras) or stored
    if not cameras:
        yield Finding("cameras", passed=True, found="none set up: the demo cameras are shown")
    for camera, password in cameras:
        yield _of_check(f"camera {camera.name}", check_camera("doctor", camera, password, SystemClock()))


def _judging(chosen: Settings, paths: Paths, store: SecretStore) -> Iterator[Finding]:
    match chosen.analysis:
        case AnalysisPlace.OFF:
            yield _fault("AI", Code.AI_OFF, "switched off in the settings", passed=True)
        case AnalysisPlace.DIRECT:
            yield _of_check("AI", check_gemini("doctor", store.get(secrets.GEMINI_KEY), paths.models_file))
        case AnalysisPlace.SERVER:
            endpoint = Endpoint(chosen.server_url.rstrip("/"), store.get(secrets.SERVER_KEY))
            yield _of_check("server", check_server("doctor", endpoint))
        case AnalysisPlace.EMBEDDED:
            yield _embedded(paths, store, chosen)


class _Heard:
    """Sink that remembers the first fault, and lets nobody wait for the server any longer."""

    def __init__(self, link: ServerLink) -> None:
        self.fault: Fault | None = None
        self._link = link

    def publish(self, event: Event) -> None:
        """Remember a fault."""
        if isinstance(event, Fault) and self.fault is None:
            self.fault = event
            self._link.shut()


def _embedded(paths: Paths, store: SecretStore, chosen: Settings) -> Finding:
    """Start the embedded server as the desktop does, ask it, end it."""
    link = ServerLink()
    heard = _Heard(link)
    child = EmbeddedServer(lambda: handshake_of(store, paths, chosen.budget), link, heard, SystemClock())
    child.worker.start()
    try:
        endpoint = link.wait_for_endpoint(START_S)
        return _of_check("server", check_server("doctor", endpoint))
    except ServerError as error:
        code, detail = (heard.fault.code, heard.fault.detail) if heard.fault else (error.code, error.detail)
        return _fault("server", code, f"the embedded server did not start: {detail}")
    finally:
        child.worker.stop(timeout_s=10.0)
        link.close()


def _of_check(link: str, result: CheckResult) -> Finding:
    """What a check found, in words; where it failed, with the technical detail for those who ask a doctor."""
    said = " ".join(sentence("en", f"check.{key}", **values) for key, values in result.facts)
    if result.code is None:
        return Finding(link, result.ok, said or result.detail)
    detail = f"({result.detail})" if said and result.detail else result.detail
    return _fault(link, result.code, " ".join(part for part in (said, detail) if part))
