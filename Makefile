# Every target begins with a set-up that does nothing where all is there.
SERVE ?= 1
BENCH ?= ingest
ENTRY ?=
SECONDS ?= 120
DOCS_TESTS = $(wildcard tests/test_docs*.py)
COMPILE = .venv/bin/uv pip compile --generate-hashes -q --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --python-version 3.11

.PHONY: setup demo test test-all check fix bench docs lock program fuzz audit

setup:
	@repository/setup/setup.sh

demo: setup
	@.venv/bin/kho demo $(if $(filter 0,$(SERVE)),--no-serve)

test:
	@repository/setup/setup.sh tests
	.venv/bin/pytest -m "not slow"

test-all:
	@repository/setup/setup.sh all
	.venv/bin/pytest

check: setup
	.venv/bin/ruff format --check . && .venv/bin/ruff check .
	.venv/bin/mypy && .venv/bin/lint-imports --no-logo
	$(if $(DOCS_TESTS),.venv/bin/pytest -q $(DOCS_TESTS))

fix: setup
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .

bench: setup
	.venv/bin/kho bench $(BENCH)

program: setup
	.venv/bin/kho verify --write-program kho-verify.pyz

# One reader of what strangers send under atheris; without ENTRY the names of all.
fuzz: setup
	@.venv/bin/uv pip install -q --target "$${KHO_LIB:-lib}/fuzz" --require-hashes -r repository/setup/fuzz.txt
	PYTHONPATH="$${KHO_LIB:-lib}/fuzz" .venv/bin/python tests/run_fuzzing.py $(ENTRY) $(if $(ENTRY),-max_total_time=$(SECONDS))

audit: setup
	.venv/bin/python repository/setup/audit.py

docs: setup
	.venv/bin/python -m access.cli.reference

lock:
	$(COMPILE) pyproject.toml --extra dev -o requirements-dev.txt
	$(COMPILE) pyproject.toml -c requirements-dev.txt -o requirements.txt
	$(COMPILE) repository/setup/build.in -c requirements-dev.txt -o repository/setup/build.txt
	$(COMPILE) repository/setup/fuzz.in -o repository/setup/fuzz.txt
