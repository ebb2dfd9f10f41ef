"""What import contracts can't say: nothing lies about unused, grows without a reason, or catches everything."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("vigint_core", "vigint_desktop", "server")
MOST_LINES = 400

# Modules over MOST_LINES lines, each with the reason why it is one thing.
LONG_MODULES: dict[str, str] = {}

# Where everything may be caught and not raised again, each with its reason.
BROAD_EXCEPTS: dict[str, str] = {
    "vigint_desktop/capture/supervisor.py": "outermost frame of the watch over the cameras",
    "vigint_desktop/capture/worker.py": "outermost frame of a camera's thread",
    "vigint_desktop/pipeline/worker.py": "outermost frame of every worker thread of the pipeline",
    "server/app.py": "outermost frame of the tasks beside the requests: what fails is logged, and begins anew",
    "server/routes/link_pages.py": "outermost frame of a page for people: a bug is told in words, and is logged",
    "server/routes/problems.py": "outermost frame of a request: a bug answers 500 with a code, and is logged",
    "server/workflows/alert.py": "outermost frame of a try to tell somebody: a bug is a try that failed",
    "server/workflows/engine.py": "what DBOS and its database raise leaves as one fault",
    "server/workflows/runtime.py": "outermost frame of the keeper of durable work: what fails is tried again",
    "server/services/mail_probe.py": "outermost frame of the mail probe: what nobody foresaw is a failed proof",
    "server/services/prober.py": "outermost frame of the prober: what nobody foresaw is a failed proof",
}

# Modules that are started by name, not imported.
ENTRIES = {
    "vigint_desktop.__main__": "console script",
    "server.__main__": "console script",
    "server.db.migrations.env": "loaded by Alembic, by its path",
}


def _modules() -> Iterator[Path]:
    return chain.from_iterable(sorted((ROOT / package).rglob("*.py")) for package in PACKAGES)


def _tests_and_tools() -> Iterator[Path]:
    return chain.from_iterable(sorted((ROOT / folder).rglob("*.py")) for folder in ("tests", "bench"))


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def _imports(file: Path) -> Iterator[str]:
    """Everything that a file names in an import, also inside functions: modules, and names that may be modules."""
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _broad(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes every error, and keeps it."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    named = [node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)] if handler.type else ["all"]
    return bool({"all", "Exception", "BaseException"} & set(named))


def test_every_module_is_imported_by_another() -> None:
    imported = set(chain.from_iterable(_imports(file) for file in _modules()))
    unused = {
        _dotted(file)
        for file in _modules()
        if file.name != "__init__.py" and "migrations/versions" not in file.as_posix()
    } - imported

    assert unused - ENTRIES.keys() == set()


def test_no_module_is_long_without_a_reason() -> None:
    long = {
        file.relative_to(ROOT).as_posix()
        for file in chain(_modules(), _tests_and_tools())
        if len(file.read_text("utf-8").splitlines()) > MOST_LINES
    }

    assert long == LONG_MODULES.keys()


def test_everything_is_caught_only_where_it_is_said() -> None:
    broad = Counter(
        file.relative_to(ROOT).as_posix()
        for file in _modules()
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.ExceptHandler) and _broad(node)
    )

    assert broad.keys() <= BROAD_EXCEPTS.keys(), "catch the errors that are meant, or say why here"
    assert all(number == 1 for number in broad.values()), "one outermost frame a module"


@pytest.mark.parametrize(
    ("code", "broad"),
    [
        ("except Exception: ...", True),
        ("except: ...", True),
        ("except (OSError, Exception) as error: ...", True),
        ("except BaseException: ...", True),
        ("except (OSError, ValueError): ...", False),
        ("except BaseException:\n  cleanup()\n  raise", False),
        ("except Exception as error:\n  raise OSError from error", True),
        ("except asyncio.TimeoutError: ...", False),
    ],
)
def test_a_broad_except_is_recognised(code: str, broad: bool) -> None:
    tried = ast.parse(f"try: ...\n{code}").body[0]

    assert isinstance(tried, ast.Try)
    assert _broad(tried.handlers[0]) is broad


@pytest.mark.parametrize("word", ["utils", "util", "helpers", "helper", "manager", "common", "misc"])
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    assert [_dotted(file) for file in _modules() if file.stem == word or file.stem.endswith(f"_{word}")] == []


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        "vigint_core": project["dependencies"],
        "server": project["dependencies"] + project["optional-dependencies"]["server"],
        "vigint_desktop": project["dependencies"] + project["optional-dependencies"]["desktop"],
    }
    owners = importlib.metadata.packages_distributions()
    for package, requirements in declared.items():
        names = {_normal(re.split(r"[<>=\[; ]", requirement)[0]) for requirement in requirements}
        used = {name.partition(".")[0] for file in (ROOT / package).rglob("*.py") for name in _imports(file)}
        foreign = used - set(sys.stdlib_module_names) - set(PACKAGES) - {"resources"}
        undeclared = {name for name in foreign if not {_normal(owner) for owner in owners.get(name, [])} & names}
        assert undeclared == set(), f"{package} imports what pyproject.toml does not name"


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_every_direct_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = chain(project["dependencies"], *project["optional-dependencies"].values())
    names = {re.split(r"[<>=\[; ]", requirement)[0] for requirement in direct} - {"vigint"}
    reasons = (ROOT / "docs/dependencies.md").read_text("utf-8")

    assert {name for name in names if f"| {name} |" not in reasons} == set()


def test_the_lock_pins_everything_by_hash_and_names_no_place() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]

    assert all(re.match(r"[A-Za-z0-9._-]+==\S+ .*\\$", line) for line in pinned)
    assert lock.count("==") >= len(pinned) > 30
    assert not re.search(r"://|--index|--find-links|file:", lock)


def test_no_machine_is_named_in_the_tree() -> None:
    """No registry, proxy or host of whoever develops this; documentation and tests use reserved names and loopback."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    found = [
        f"{file.relative_to(ROOT)}: {address}"
        for file in files
        for address in re.findall(r"https?://([^/\s\"'`<>()\[\]{},;|\\]+)", file.read_text("utf-8", errors="replace"))
        if not re.fullmatch(_ALLOWED_HOSTS, address.rpartition("@")[2])
    ]

    assert "\n".join(found) == ""


_ALLOWED_HOSTS = (  # a short word without a dot stands for a host in tests of addresses
    r"([a-z]{1,6}|127\.0\.0\.1|localhost|\[?::1\]?|192\.0\.2\.\d+|([\w-]+\.)*(example|invalid|test|localhost)|"
    r"([\w-]+\.)*example\.(com|org|net)|www\.w3\.org|www\.onvif\.org|schemas\.xmlsoap\.org|docs\.oasis-open\.org|"
    r"(ai|aistudio)\.google\.(dev|com))(:\S*)?"
)
