# Everything a person types. `make` alone lists it.
PYTHON ?= python3
SCALE  ?= 0.1
SEED   ?= 1
PORT   ?= 8000
PYTEST_ARGS ?= -n auto
BIN    := .venv/bin
# The environment is this folder's own, so compiled modules are kept in it: each start then takes half the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test soak lint bench docs

help:
	@echo "make demo     install, make the demo city (SCALE=$(SCALE)) and serve it on port $(PORT); Ctrl-C stops it"
	@echo "make test     the whole test suite"
	@echo "make soak     what takes minutes: kills, slow clients, bombs, a full disk, tampering; prints figures"
	@echo "make lint     style, types, layers, dependencies, migrations"
	@echo "make bench    the benchmarks, as ratios to a bare reference in the same run"
	@echo "make docs     draw and write what the docs take from the code"
	@echo "make install  the environment in .venv, the front end built; then .venv/bin/gezhi works"

install:
	@$(PYTHON) scripts/prepare.py

# The front end is built while the city is made: it is needed only when both are served.
demo:
	@$(PYTHON) scripts/prepare.py --only python
	@$(PYTHON) scripts/prepare.py --only frontend & frontend=$$!; \
	  $(BIN)/gezhi init --quiet \
	  && $(BIN)/gezhi demo city --scale $(SCALE) --seed $(SEED) --keep \
	  || { failed=$$?; kill $$frontend 2>/dev/null; exit $$failed; }; \
	  wait $$frontend
	@$(BIN)/gezhi serve --port $(PORT)

test: install
	$(BIN)/pytest -q $(PYTEST_ARGS)

soak: install
	$(BIN)/pytest -q --soak -n 0 -s tests/soak tests/browser

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry src
	$(BIN)/python -m django makemigrations --check --dry-run --settings gezhi.config.settings.test

bench:
	@$(PYTHON) scripts/prepare.py --peers
	$(BIN)/python -m benchmarks

docs: install
	$(BIN)/python scripts/write_docs.py
