# Everything begins with `make setup`; it does nothing when nothing has changed.
PYTHON ?= python3
BIN := .venv/bin

SEEDS ?= 10
MINUTES ?= 30

.PHONY: setup demo test check bench mutants chaos constraints checksums clean

setup:  ## packages (as root), .venv, jars
	@$(PYTHON) -m infra.setup

demo: setup  ## the whole chain on this machine, and a short story
	@$(BIN)/suoi demo

test: check  ## lint, types, layers, and every test
	@$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/contract
	@$(BIN)/pytest tests/local tests/screens tests/stack tests/journey

check: setup  ## lint, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup  ## the figures of bench/, ratios side by side
	@$(BIN)/python -m bench.judge
	@$(BIN)/python -m bench.path
	@$(BIN)/python -m bench.contracts
	@$(BIN)/suoi bench streams
	@$(BIN)/suoi bench sink
	@$(BIN)/suoi bench chain

mutants: setup  ## break each rule and each guard once: a test must fail
	@$(BIN)/python -m bench.mutants

chaos: setup  ## the slow faults, then random ones: make chaos SEEDS=n MINUTES=m
	@$(BIN)/pytest -m chaos tests/stack tests/journey
	@$(BIN)/python -m bench.chaos --seeds $(SEEDS) --minutes $(MINUTES) --out chaos.json

constraints: setup  ## pin every Python package by hash, from pyproject.toml
	@$(PYTHON) -m venv .build/uv && .build/uv/bin/pip install -q uv
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > .build/build.in
	@.build/uv/bin/uv pip compile pyproject.toml .build/build.in --group dev --generate-hashes \
		--universal --python-version 3.11 --no-emit-index-url --no-header -q -U -o constraints.txt

checksums:  ## pin the Java artefacts anew, after a change of the poms: read the difference!
	@$(PYTHON) -m infra.setup.checksums

clean:  ## stop the stack and remove what setup and the stack made
	@if [ -x $(BIN)/suoi ]; then $(BIN)/suoi down; fi
	rm -rf .suoi .build .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache *.egg-info
	find schemas streams consumers -name '*.so' -delete
