# What a developer types; `make` alone tells.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
RUN := .venv/bin/python
PYTEST := $(RUN) -m pytest

.PHONY: help setup demo reset test test-quick test-external check bench guards proof sbom

help:
	@echo "make demo        start the portal on this machine (PORT=8000)"
	@echo "make test        run every test"
	@echo "make test-quick  run the tests without browser and slow ones"
	@echo "make test-external  the same against a PostgreSQL reached over TCP with passwords"
	@echo "make check       linters, types, import order, templates, migrations, translations"
	@echo "make bench       measure against the floor (ONLY=name for one)"
	@echo "make guards      switch each guard off and see its test fail (GUARD=name for one)"
	@echo "make proof       the full figures of races, walls and hostile input, for the record (FILES=… for some)"
	@echo "make sbom        what is inside, as CycloneDX, from the lock files (in .park/sbom)"
	@echo "make setup       install what the lock files name, nothing else"
	@echo "make reset       throw the demo's data away"

setup:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (python3 here is: $$(python3 --version 2>&1))."; exit 1; }
	@$(PYTHON) setup/environment.py
	@$(RUN) setup/assets.py

demo: setup
	@exec $(RUN) -m park_portal.embedded up

reset: setup
	@$(RUN) -m park_portal.embedded reset

test: setup
	$(PYTEST) -n 2

test-quick: setup
	$(PYTEST) -n 2 -q -m "not slow and not browser"

test-external: setup
	$(RUN) -m tests.external -n 2

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/djlint --lint --quiet templates
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) setup/check_translations.py

bench: setup
	$(RUN) -m benchmarks $(if $(ONLY),--only $(ONLY))

guards: setup
	$(RUN) -m tests.guards $(if $(GUARD),"$(GUARD)")

proof: setup
	$(RUN) -m benchmarks.proof $(FILES)

sbom: setup
	@$(RUN) setup/sbom.py
