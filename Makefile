# One environment, .venv/, built from requirements.lock with every hash checked.
# All paths are relative, so that the folder may have spaces in its name.

PYTHON ?= python3
BIN := .venv/bin

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help report publish test test-all lab check codebook docs licences bench fuzz lock clean moved
.DELETE_ON_ERROR:

# What stands in the user's home must not change a report: neither the settings of matplotlib,
# Jupyter and IPython nor packages outside the environment.
export MPLCONFIGDIR := $(CURDIR)/.venv/settings/matplotlib
export JUPYTER_CONFIG_DIR := $(CURDIR)/.venv/settings/jupyter
export IPYTHONDIR := $(CURDIR)/.venv/settings/ipython
export JUPYTER_PREFER_ENV_PATH := 1
export PYTHONNOUSERSITE := 1
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONOPTIMIZE MATPLOTLIBRC MPLBACKEND
# Flags meant for this make are not meant for whatever the tests start.
unexport MAKEFLAGS MFLAGS MAKELEVEL

help: ## list the targets
	@echo "Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
	@echo "Python 3.11 or later is needed; name one with 'make PYTHON=python3.12 report'."

report: .venv/installed ## build the reports and the atlas into reports/
	$(BIN)/sahel build
	$(BIN)/sahel atlas

publish: report ## renew reports/published/ from both editions
	$(BIN)/python tools/publish.py

# Two at a time; the tests of one file by one process, so that they share the reports they build.
SIDE_BY_SIDE := --numprocesses=2 --dist=loadfile -p no:randomly

test: .venv/installed ## run the tests, but for the long ones (about four minutes)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not long"

test-all: .venv/installed ## run the long ones: mutations, kills, faults, growth, JupyterLab
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m long

lab: .venv/installed ## open the notebooks in JupyterLab
	$(BIN)/python -m jupyter lab --ServerApp.root_dir=notebooks --LabApp.default_url=/lab/tree/tour.ipynb

check: .venv/installed ## lint the code, check its format, validate the tables
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/sahel validate

codebook: .venv/installed ## rewrite the column tables of data/README.md
	$(BIN)/python -m sahel_analysis.tables.schema

docs: .venv/installed ## write the documentation, a folder of offline pages, into build/docs
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going docs build/docs

licences: .venv/installed ## list the licence of everything that is installed
	$(BIN)/python -m piplicenses --from=mixed --with-system

bench: .venv/installed .venv/bench ## measure the build beside its peers, and growth of the tables
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/growth.py

fuzz: .venv/installed ## run the long profile of the mutated tables
	$(BIN)/python -m pytest -m fuzz --hypothesis-profile=long

lock: ## renew the locks (needs uv)
	printf 'hatchling>=1.27\neditables>=0.5\n' | uv pip compile pyproject.toml - --quiet --upgrade \
	  --group test --group docs --extra cluster --extra workbook --extra form \
	  --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --output-file requirements.lock
	uv pip compile --quiet --upgrade --group bench --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --output-file benchmarks/requirements.lock

clean: ## remove the environment, the reports and every cache
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build dist
	find sahel_analysis tests notebooks -name __pycache__ -prune -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -prune -exec rm -rf {} +
	find reports -mindepth 1 -maxdepth 1 ! -name README.md ! -name published -exec rm -rf {} +

# The locked packages: minutes. Made anew when the lock changes or the folder was moved, because
# an environment holds absolute paths.
.venv/locked: requirements.lock
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "'$(PYTHON)' was not found; Python 3.11 or later is needed." \
	    "Name one with 'make PYTHON=python3.12 ...'." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "'$(PYTHON)' is $$($(PYTHON) --version 2>&1); Python 3.11 or later is needed." \
	    "Name one with 'make PYTHON=python3.12 ...'." >&2; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@mkdir -p .venv/settings
	@pwd -P > .venv/locked

# This package itself: seconds. Its path is made relative: Python reads it in the locale's encoding,
# and the clone may stand in a folder that ASCII cannot name.
.venv/installed: .venv/locked pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -c 'import os, pathlib, sysconfig; home = sysconfig.get_path("purelib"); \
	  pathlib.Path(home, "_editable_impl_sahel_analysis.pth").write_text(os.path.relpath(".", home))'
	@touch .venv/installed

# The yardstick of the benchmark; installed with the rest it would change how pandas keeps text.
.venv/bench: .venv/locked benchmarks/requirements.lock
	rm -rf $@
	$(BIN)/python -m pip install --quiet --require-hashes --target $@ \
	  --requirement benchmarks/requirements.lock
	@touch $@

ifneq ("$(shell cat .venv/locked 2>/dev/null)","$(CURDIR)")
.venv/locked: moved
endif
