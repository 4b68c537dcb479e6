# Everything a fresh machine needs is Python >= 3.11 (with venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# How many tests run at a time; `make test JOBS=1` for one after the other. Two for a core: many wait for a terminal.
JOBS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
ARGS ?=

.PHONY: onboard install test lint types tests interop interop-all bench requirements clean
.DEFAULT_GOAL := onboard

onboard: $(VENV)/.runtime  ## build the environment and run the wizard
	@$(BIN)/openclaw onboard $(ARGS)

install:  ## put `openclaw` and `openclaw-onboard` on PATH (pipx or uv)
	@if command -v pipx >/dev/null; then pipx install --force .; \
	elif command -v uv >/dev/null; then uv tool install --force .; \
	else echo "make install needs pipx or uv (https://pipx.pypa.io); or use $(BIN)/openclaw after 'make onboard'" >&2; exit 1; fi

test: lint types tests  ## lint, types, tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

tests: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) -m "not interop" $(ARGS)

interop: $(VENV)/.dev  ## tests that need the real OpenClaw, Node or systemd; skipped and counted where they cannot be had
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "interop and not long" $(ARGS)

interop-all: $(VENV)/.dev  ## the same with those that take long (half an hour)
	$(BIN)/python -m pytest -m interop $(ARGS)

bench: $(VENV)/.dev  ## speed as ratios in one run
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/wizard.py

requirements: $(VENV)/.dev  ## pin again (needs uv on PATH)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate pyproject.toml requirements/runtime.in -o requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate pyproject.toml requirements/runtime.in --group dev -o requirements/dev.txt

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements/runtime.txt pyproject.toml
	@echo "Building $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
