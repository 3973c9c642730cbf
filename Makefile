.PHONY: demo test test-lowest test-newest lint lint-actions fast lint-fast wheels test-wheels bench soak venv clean

PYTHON ?= python3
# each other Python has a folder of its own
ifeq ($(PYTHON),python3)
VENV := .venv
else
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
endif
BIN := $(VENV)/bin

demo: $(VENV)/installed
	$(BIN)/zenodo-harvest --site emulator search frost --community enes-data-space \
		-o demo/records.parquet -o demo/records.csv
	@echo "Try next: $(BIN)/zenodo-harvest --site emulator count frost --by type"

# the processes that tests start need not compile what they import, each anew
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/tested
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

# what takes about a minute and needs no other library, with the lowest and the newest versions declared
SMOKE := tests/unit/cli tests/unit/export tests/scenario/export tests/scenario/cli/test_overwriting.py \
	tests/scenario/client/test_walkthrough.py \
	--ignore tests/unit/export/test_csv.py --ignore tests/unit/export/test_pandas_operations.py
test-lowest: RESOLUTION := lowest-direct
test-newest: RESOLUTION := highest
test-lowest test-newest: test-%:
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet "uv>=0.5"
	.venv-$*/bin/uv pip install --quiet --python .venv-$*/bin/python --upgrade --resolution $(RESOLUTION) \
		--editable .
	.venv-$*/bin/python -m pip install --quiet --constraint .ci/constraints.txt pytest pytest-xdist hypothesis
	.venv-$*/bin/python -m pytest -n auto $(SMOKE)

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# what runs on GitHub: our workflows, the action and its examples; actionlint where it can be built
WORKFLOWS := $(wildcard .github/workflows/*.yml action/*/examples/*.yml)
lint-actions: export PATH := $(PATH):$(shell go env GOPATH 2>/dev/null)/bin
lint-actions: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --group actions
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions action/*/action.yml
	$(BIN)/zizmor --quiet --offline --config .github/zizmor.yml $(WORKFLOWS) action/*/action.yml
	if command -v go; then go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 && actionlint $(WORKFLOWS); fi

fast: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --no-deps ./fast

lint-fast:
	cd fast && cargo fmt --check
	cd fast && cargo clippy --quiet --release -- --deny warnings

# what people install: the package, its source, and the compiled reader for this machine
wheels: export PATH := $(PATH):$(HOME)/.cargo/bin
wheels: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --group wheels
	rm -rf dist
	$(BIN)/hatchling build -d dist
	$(BIN)/maturin build --quiet --release --manifest-path fast/Cargo.toml --out dist

test-wheels: wheels
	$(BIN)/python -m pytest .ci/test_wheels.py

venv: $(VENV)/tested

$(VENV)/installed: pyproject.toml .ci/constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --editable .
	touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --group test --group lint
	touch $@

soak: $(VENV)/tested
	$(BIN)/python benchmarks/kills.py --kills 1000
	$(BIN)/python benchmarks/catalog_kills.py --kills 1000
	$(BIN)/python benchmarks/harvest.py
	$(BIN)/python -m pytest -q -n auto --hypothesis-profile deep tests/property

clean:
	rm -rf .venv .venv-* demo build dist fast/target

bench: $(VENV)/tested
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --group bench
	if command -v cargo; then $(MAKE) fast; fi
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/trips.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/readers.py
	$(BIN)/python benchmarks/walks.py
	$(BIN)/python benchmarks/budget.py
	$(BIN)/python benchmarks/catalog.py
	$(BIN)/python benchmarks/upload.py
	$(BIN)/python benchmarks/page.py
	$(BIN)/python benchmarks/dumps.py --records 20000 --rounds 2
