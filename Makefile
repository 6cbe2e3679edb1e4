# Every target sets up what it needs. ARGS goes to the program behind the target: `make test ARGS="tests/ledger -x"`.

PYTHON ?= python3
# Tests wait for disks and servers, so four processes pay even on two cores. The tests of a file stay together, and the files in
# their order: xdist would begin with those of many tests, and end with one process alone among the few and long ones.
WORKERS ?= 4
UV := .cache/uv/bin/uv
UV_READY := .cache/uv/ready
VENV := .venv
READY := $(VENV)/ready
RUN := $(VENV)/bin

# Tests and commands start Python hundreds of times; without bytecode each start compiles a thousand files anew.
unexport PYTHONDONTWRITEBYTECODE

# A .venv that somebody else made is kept while its Python will do.
define MAKE_VENV
echo 'Setting up $(VENV) …'
$(RUN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)' 2>/dev/null || \
  $(UV) venv --quiet --clear --python "$$(command -v $(PYTHON))" $(VENV)
endef

# Trust whom the machine trusts, as pip does: companies put certificates of their own there.
export UV_SYSTEM_CERTS := true

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup program run test demo check lint types rules format mutate bench torture crowd axe lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## set up .venv only

program: $(UV_READY) ## set up .venv with only the program, for a server
	@$(MAKE_VENV)
	@rm -f $(READY)
	@$(UV) pip sync --quiet --compile-bytecode --python $(RUN)/python --require-hashes lock/runtime.txt
	@$(UV) pip install --quiet --compile-bytecode --python $(RUN)/python --no-deps --reinstall-package shipledger .

run: $(READY) ## create the database if there is none, serve http://127.0.0.1:8080
	@SHIPLEDGER_STARTED_BY='make run' exec $(RUN)/shipledger serve $(ARGS)

test: $(READY) ## run all tests, in four processes; WORKERS=0 takes one
	$(RUN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

demo: $(READY) ## like run, with a year of sample data in a separate database
	@SHIPLEDGER_STARTED_BY='make demo' exec $(RUN)/shipledger demo $(ARGS)

check: lint types rules ## lint, types, import rules, file sizes, numbers, lock files; make -k check continues after a failure

lint: $(READY)
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .

types: $(READY)
	$(RUN)/mypy

rules: $(READY)
	$(RUN)/lint-imports --no-logo
	$(RUN)/python -m tools.check_sizes
	$(RUN)/python -m tools.check_texts
	$(RUN)/python -m tools.check_numbers
	$(RUN)/python -m tools.lock

format: $(READY) ## format the code and apply the linter's fixes
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

mutate: $(READY) ## change the core in small ways and list what no test notices; ARGS="--size 50 --seed 7 ledger"
	$(RUN)/python -m tools.mutate $(ARGS)

bench: $(READY) ## benchmarks: ratios against a floor measured in the same run
	$(RUN)/python -m benchmarks $(ARGS)

torture: $(READY) ## kill -9 nodes and PostgreSQL under load, 1,000 times
	$(RUN)/python -m tests.smoke.torture $(ARGS)

axe: $(READY) ## run axe on every page, light and dark, wide and narrow
	$(RUN)/python -m pytest tests/browser/test_accessibility.py -m torture $(ARGS)

crowd: $(READY) ## measure the memory of 10,000 connections; needs ten minutes and 12,000 open files
	$(RUN)/python -m pytest tests/promises/test_connections.py -m torture -s $(ARGS)

lock: $(READY) ## rebuild the lock files after changing pyproject.toml; ARGS=--upgrade takes newer versions
	$(RUN)/python -m tools.lock $(UV) $(ARGS)

clean: ## remove what setup and the tools made
	rm -rf .cache $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# uv comes through pip into a folder: that works without the venv module and on a Python that its distribution manages.
$(UV_READY): lock/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Shipledger needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@echo 'Fetching uv …'
	@rm -rf .cache/uv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .cache/uv --require-hashes -r lock/uv.txt
	@touch $@

# The lock decides every version.
$(READY): $(UV_READY) lock/dev.txt pyproject.toml
	@$(MAKE_VENV)
	@$(UV) pip sync --quiet --python $(RUN)/python --require-hashes lock/dev.txt
	@$(UV) pip install --quiet --python $(RUN)/python --no-deps --no-build-isolation --editable .
	@touch $@
