"""The import contracts of ``pyproject.toml`` hold, and each of them can fail: every one is broken once on purpose."""

import copy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import Contract

ROOT = Path(__file__).parents[2]
PACKAGES = ("vigint_core", "vigint_desktop", "server")
_KINDS: dict[str, type[Contract]] = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "acyclic_siblings": AcyclicSiblingsContract,
}
_SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]

# By the first words of a contract's name: an import that it must refuse, as (importer, imported).
_BREACHES = {
    "Core:": [
        ("vigint_core.policy.retry", "vigint_core.ports"),
        ("vigint_core.media.clip", "vigint_core.wire"),
        ("vigint_core.domain.frame", "vigint_core.policy.retry"),
        ("vigint_core.errands", "vigint_core.domain.frame"),
    ],
    "Desktop:": [
        ("vigint_desktop.pipeline.desk", "vigint_desktop.bridge"),
        ("vigint_desktop.capture.worker", "vigint_desktop.gate.motion"),
        ("vigint_desktop.store.ledger", "vigint_desktop.pipeline.desk"),
        ("vigint_desktop.settings", "vigint_desktop.store.ledger"),
        ("vigint_desktop.errands", "vigint_desktop.settings"),
    ],
    "UI:": [
        ("vigint_desktop.ui.models.cameras", "vigint_desktop.ui.widgets.wall"),
        ("vigint_desktop.ui.rows.tile", "vigint_desktop.ui.models.cameras"),
        ("vigint_desktop.ui.errands", "vigint_desktop.ui.rows.tile"),
    ],
    "Server:": [
        ("server.services.clients", "server.routes"),
        ("server.db.tables", "server.services.clients"),
        ("server.errands", "server.db.tables"),
    ],
    "Desktop and server": [
        ("vigint_desktop.pipeline.remote", "server.services.clients"),
        ("server.services.clients", "vigint_desktop.settings"),
    ],
    "No package has a cycle": [("vigint_desktop.gate", "vigint_desktop.pipeline.cameras")],
    "The core knows": [
        ("vigint_core.domain.frame", "PySide6"),
        ("vigint_core.wire", "fastapi"),
        ("vigint_core.media.clip", "sqlite3"),
        ("vigint_core.texts", "vigint_desktop.settings"),
    ],
    "Policy waits": [("vigint_core.policy.retry", "time"), ("vigint_core.domain.incident", "threading")],
    "Only the analysis": [("vigint_desktop.pipeline.direct", "google"), ("server.services.analyses", "google")],
    "Workers know": [
        ("vigint_desktop.capture.worker", "PySide6"),
        ("vigint_desktop.pipeline.desk", "PySide6"),
        ("vigint_desktop.store.ledger", "vigint_desktop.bridge"),
    ],
    "Widgets know": [
        ("vigint_desktop.ui.widgets.wall", "av"),
        ("vigint_desktop.ui.models.incidents", "sqlite3"),
        ("vigint_desktop.ui.widgets.tile", "vigint_desktop.capture.worker"),
        ("vigint_desktop.ui.text", "vigint_desktop.secrets"),
    ],
    "The server draws": [("server.services.clients", "PySide6")],
    "The desktop holds": [("vigint_desktop.pipeline.remote", "fastapi")],
}
_CASES = [(start, *breach) for start, breaches in _BREACHES.items() for breach in breaches]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, in the tree as it is."""
    configure()
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def _holds(options: dict[str, Any], graph: grimp.ImportGraph) -> bool:
    plain = {key: str(value) if isinstance(value, bool) else value for key, value in options.items()}
    contract = _KINDS[options["type"]](options["name"], _SETTINGS, plain)
    return contract.check(copy.deepcopy(graph), verbose=False).kept


def _named(start: str) -> dict[str, Any]:
    matching = [options for options in _SETTINGS["contracts"] if options["name"].startswith(start)]
    assert len(matching) == 1, f"{start!r} names {len(matching)} contracts"
    return matching[0]


@pytest.mark.parametrize("name", [options["name"] for options in _SETTINGS["contracts"]])
def test_the_contract_holds(name: str, graph: grimp.ImportGraph) -> None:
    assert _holds(_named(name), graph), "see lint-imports"


@pytest.mark.parametrize(("start", "importer", "imported"), _CASES)
def test_the_contract_refuses(start: str, importer: str, imported: str, graph: grimp.ImportGraph) -> None:
    broken = copy.deepcopy(graph)
    if importer.endswith(".errands"):  # a module that is in no layer
        broken.add_module(importer)
    assert importer in broken.modules
    broken.add_import(importer=importer, imported=imported)

    assert not _holds(_named(start), broken)


def test_every_contract_was_broken_once() -> None:
    assert {options["name"] for options in _SETTINGS["contracts"]} == {_named(start)["name"] for start in _BREACHES}


def test_no_import_is_excused() -> None:
    excused = [options["name"] for options in _SETTINGS["contracts"] if options.get("ignore_imports")]

    assert not excused


@pytest.mark.parametrize(
    "line", ["from PySide6 import QtCore", "def later():\n    import PySide6", "import PySide6 as drawing"]
)
def test_the_program_lint_imports_sees_a_line_in_a_file(line: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "vigint_desktop/pipeline/desk.py").open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")

    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    done = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=110)

    assert done.returncode == 1
    assert "vigint_desktop.pipeline.desk -> PySide6" in done.stdout
