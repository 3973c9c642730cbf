.PHONY: demo test lint fast lint-fast bench soak venv clean

PYTHON ?= python3
BIN := .venv/bin

demo: .venv/installed
	$(BIN)/zenodo-harvest --site emulator search frost --community enes-data-space \
		-o demo/records.parquet -o demo/records.csv

test: .venv/tested
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

lint: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fast: .venv/installed
	$(BIN)/python -m pip install --quiet --no-deps ./fast

lint-fast:
	cd fast && cargo fmt --check
	cd fast && cargo clippy --quiet --release -- --deny warnings

venv: .venv/tested

.venv/installed: pyproject.toml .ci/constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --editable .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --group test --group lint
	touch $@

soak: .venv/tested
	$(BIN)/python benchmarks/kills.py --kills 1000
	$(BIN)/python benchmarks/harvest.py

clean:
	rm -rf .venv demo build dist fast/target

bench: .venv/tested
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --group bench
	if command -v cargo; then $(MAKE) fast; fi
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/readers.py
	$(BIN)/python benchmarks/walks.py
	$(BIN)/python benchmarks/budget.py
	$(BIN)/python benchmarks/dumps.py --records 20000 --rounds 2
