"""The documents are true where a program can tell: what they name exists, and what exists is named."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FOLDERS = ("vigint_core/", "vigint_desktop/", "server/", "resources/", "tests/", "docs/", "tools/", "bench/")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    quoted = re.findall(r"`([\w./-]+)`", document.read_text("utf-8"))
    named = [name for name in quoted if name.startswith(_FOLDERS) or name.endswith(".md")]

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_figure_of_the_report_is_described() -> None:
    tree = ast.parse((ROOT / "vigint_desktop/report.py").read_text("utf-8"))
    figures = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    described = set(re.findall(r"\w+", (ROOT / "docs/report.md").read_text("utf-8")))

    assert len(figures) > 30
    assert figures - described == set()


def test_every_import_contract_stands_in_the_architecture() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = [contract["name"].lower() for contract in settings["tool"]["importlinter"]["contracts"]]
    rows = [line for line in (ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines() if line.startswith("| **")]
    said = [words.lower() for row in rows for words in re.findall(r"\*\*(.+?)\*\*", row)]

    assert len(said) == len(contracts)
    for words in said:  # a short name of a layered contract ends at its colon
        assert [name for name in contracts if name == words or name.startswith((f"{words}:", f"{words} "))], words


def test_every_layer_stands_in_the_architecture() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = [
        layer for contract in settings["tool"]["importlinter"]["contracts"] for layer in contract.get("layers", [])
    ]
    modules = {name for layer in layers for name in re.findall(r"\w+", layer)} - {"__main__"}
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")

    assert {name for name in modules if not re.search(rf"\b{name}\b", text)} == set()


def test_the_readme_or_the_contributors_guide_names_every_command() -> None:
    targets = set(re.findall(r"^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)) - {"help"}
    text = "".join(
        (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md", "docs/dependencies.md")
    )

    assert {target for target in targets if f"make {target}" not in text} == set()
