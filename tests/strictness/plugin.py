"""The rules, as a pytest plugin: one fixture around every test, one around the session."""

import gc
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.strictness import leftovers, log_watch
from tests.strictness.leftovers import StartBook
from tests.strictness.loopback import LoopbackOnly
from tests.strictness.seclusion import Seclusion

_book = pytest.StashKey[StartBook]()
_loopback = pytest.StashKey[LoopbackOnly]()
_failed = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--slow``: run the slow tests too."""
    parser.addoption("--slow", action="store_true", help="run the tests marked slow as well")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Put the guards up before anything of the project is imported."""
    config.stash[_book], config.stash[_loopback] = StartBook(), LoopbackOnly()
    for guard in (Seclusion(), config.stash[_book], config.stash[_loopback]):
        guard.open()
        config.add_cleanup(guard.close)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out unless they were asked for."""
    if config.getoption("--slow") or "slow" in config.getoption("markexpr"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_collection_finish() -> None:
    """Let Python's collector leave alone what was imported: it would walk over all of it after thousands of tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Remember whether the test itself failed: then a warning it did not come to log is no news."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or (report.when != "teardown" and not report.passed)
    return report


@pytest.fixture(scope="session", autouse=True)
def _tidy_session(pytestconfig: pytest.Config) -> Iterator[None]:
    """Fixtures wider than a test end what they started, too."""
    with leftovers.scope(pytestconfig.stash[_book]) as left:
        yield
    _fail_for([f"left behind by the session: {what}" for what in left])


@pytest.fixture(autouse=True)
def _strictness(request: pytest.FixtureRequest, _tidy_session: None) -> Iterator[None]:
    """Fail the test that broke a rule."""
    loopback = request.config.stash[_loopback]
    loopback.attempts.clear()
    with log_watch.watch() as log, leftovers.scope(request.config.stash[_book]) as left:
        yield
    patterns = [str(marker.args[0]) for marker in request.node.iter_markers("expects_log")]
    problems = [f"left behind: {what}" for what in left]
    problems += loopback.attempts
    problems += log_watch.unexpected(log.records, patterns)
    if not request.node.stash.get(_failed, False):
        problems += log_watch.missing(log.records, patterns)
    _fail_for(problems)


def _fail_for(problems: list[str]) -> None:
    if problems:
        pytest.fail("This test\n  - " + "\n  - ".join(problems), pytrace=False)
