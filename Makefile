# The commands of the project; `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
FILE ?= samples/school-17.xlsx
OVER ?= https
# Arguments for pytest: make test TESTS="tests/people -k snils"
TESTS ?=
# Processes that share the tests out: more than cores, for they wait for disks and servers.
WORKERS ?= 3

.PHONY: help install run worker demo test check deep bench screenshots requirements messages migration lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## the set-up alone: environment, locked packages, system programs
	@scripts/setup run

run: install ## start web, worker and sandbox on 127.0.0.1; Ctrl-C stops them, the data stay in var/
	@exec $(PY) -m registry run

worker: install ## one machine's worker alone, beside web processes elsewhere: see docs/running.md
	@exec $(PY) -m registry work

demo: install ## the whole way for one school's spreadsheet: make demo FILE=samples/school-17.xlsx [OVER=sftp|mail|folder]
	@exec $(PY) -m registry demo $(FILE) --over $(OVER)

test: ## the tests, on SQLite and on a throw-away PostgreSQL, with small counts of random cases
	@scripts/setup test
	@PYTHONDONTWRITEBYTECODE= REGISTRY_TEST_PROFILE=small $(PY) -m pytest -q -n $(WORKERS) --dist worksteal $(TESTS)

deep: ## the same tests with large counts of random cases
	@scripts/setup test
	@PYTHONDONTWRITEBYTECODE= REGISTRY_TEST_PROFILE=deep $(PY) -m pytest -q -n $(WORKERS) --dist worksteal $(TESTS)

check: ## lint, format, types, import contracts, dependencies, lock files, migrations
	@scripts/setup check
	@scripts/check

bench: ## figures against their limits: make bench [JSON=1] [ONLY=group]
	@scripts/setup test
	@JSON="$(JSON)" ONLY="$(ONLY)" $(PY) -m benchmarks

screenshots: ## pictures of every page at 360 and 1280 pixels, into var/screenshots [PICTURES_IN=bg]
	@scripts/setup test
	@PICTURES_IN="$(PICTURES_IN)" $(PY) -m tests.crawl.pictures

requirements: ## write the tests that prove each requirement into docs/requirements.md
	@scripts/setup check
	@$(PY) -m scripts.requirements_table

messages: ## bring the catalogues in registry/translations up to the texts of the code
	@scripts/setup check
	@$(PY) -m scripts.messages

migration: ## draft the next migration from the models: make migration MESSAGE="add quotas"
	@scripts/setup check
	@$(PY) -m migrations.draft "$(MESSAGE)"

lock: ## write the lock files anew from requirements.in and requirements-dev.in
	@scripts/lock

clean: ## remove the environment and what the tools cached; the data in var/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	find registry tests benchmarks migrations scripts -name __pycache__ -type d -prune -exec rm -rf {} +
