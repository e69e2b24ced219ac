# `make check` is what a change must pass; .ci/run does the same in a fresh environment.
PYTHON ?= python

.PHONY: check format lint types test

check: lint types test

format:
	$(PYTHON) -m ruff format
	$(PYTHON) -m ruff check --fix

lint:
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check

types:
	$(PYTHON) -m pyright --pythonpath $(shell command -v $(PYTHON))

test:
	$(PYTHON) -m pytest
