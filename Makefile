PYTHON ?= python3
VENV := .venv

.PHONY: install test lint

install:
	test -x $(VENV)/bin/uv || ($(PYTHON) -m venv $(VENV) && $(VENV)/bin/pip install -q uv)
	$(VENV)/bin/uv pip install -q -p $(VENV) -r requirements.lock
	$(VENV)/bin/uv pip install -q -p $(VENV) --no-deps -e .

test: install
	$(VENV)/bin/pytest -q

lint: install
	$(VENV)/bin/ruff check src tests benchmarks
	$(VENV)/bin/ruff format --check src tests benchmarks
