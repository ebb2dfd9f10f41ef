# The commands of this project. Each one first makes the checkout ready (tools/setup.sh); a second call finds it so.
# ARGS="..." reaches run, test, test-slow and bench.

MAKEFLAGS += --no-print-directory
PYTHON_IN := .venv/bin/python
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test test-slow bench check package lock lint ready-to-run ready-to-test

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ready-to-run ## the desktop program; four demo cameras unless ARGS="--source NAME=URL" says otherwise
	@.venv/bin/vigint-desktop $(ARGS)

test: ready-to-test lint ## everything but the slow tests (at most 15 minutes)
	@$(PYTHON_IN) -m pytest $(ARGS)

test-slow: ready-to-test ## the slow tests: real windows, packaging, long runs (at most an hour)
	@$(PYTHON_IN) -m pytest -m slow $(ARGS)

check: ready-to-test lint ## the quick part, before a commit (under a minute)
	@$(PYTHON_IN) -m pytest --quiet tests/unit/vigint_core tests/architecture/test_contracts.py tests/architecture/test_modules.py tests/architecture/test_documents.py

bench: ready-to-test ## what it costs and how good the gate is, beside ffmpeg, in one table
	@$(PYTHON_IN) -m bench $(ARGS)

package: ready-to-test ## dist/vigint/: both programs in one folder that needs no Python
	@$(PYTHON_IN) -m PyInstaller --noconfirm --log-level WARN build.spec

lock: ## requirements.lock anew from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-header --no-annotate --quiet --output-file requirements.lock

lint: ready-to-test
	@$(PYTHON_IN) -m ruff check
	@$(PYTHON_IN) -m ruff format --check
	@$(PYTHON_IN) -m mypy
	@.venv/bin/lint-imports

ready-to-run:
	@tools/setup.sh run

ready-to-test:
	@tools/setup.sh test
