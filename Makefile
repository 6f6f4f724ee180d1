# Lumbung. `make help` lists what there is to say; each target brings what it needs.
#
# Only make, a POSIX shell, coreutils and Python >= 3.11 are expected of the machine.

SHELL = /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help run test soak coverage check bench pictures lock venv venv-dev browser \
	check-format check-lint check-types check-imports check-templates check-migrations \
	check-translations check-house

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# One more than there are cores: some tests wait for a browser or for another process.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1)
WORDS := shop/translations/en/LC_MESSAGES/messages.mo
# The tools read this folder's settings only; a machine's own must not change a verdict.
export PYTHONDONTWRITEBYTECODE =
export DO_NOT_TRACK = 1

help: ## lists the targets
	@echo "make run     a running market at http://127.0.0.1:8000, with the demo goods"
	@echo "make test    all tests, on SQLite and PostgreSQL, in a real browser"
	@echo "make check   format, lint, types, import rules, templates, migrations, translations"
	@echo "make soak    what takes long: large property runs, kills, races, big markets"
	@echo "make coverage  the tests with branch coverage of shop/, by area"
	@echo "make bench   the shop's own measurements, written to var/bench.json"
	@echo "make pictures  draw the demo's pictures anew, when their drawing was changed"
	@echo "make lock    resolve the requirements anew (UPGRADE=1 takes newer versions)"
	@echo
	@echo "TESTS=tests/checkout/cart  only these tests · CHANGED=1  only what the change can affect"
	@echo "PYTHON=…     which Python makes .venv (3.11 or newer; the newest is found)"

run: export LUMBUNG_ENV = demo
run: venv $(WORDS)
	@exec $(BIN)/lumbung run

test: venv-dev browser $(WORDS)
	@tests="$(TESTS)"; if [ -n "$(CHANGED)" ]; then tests=$$($(PY) tools/affected_tests.py) || exit 1; fi; \
	echo "Running the tests …"; exec $(BIN)/pytest -n $(WORKERS) $$tests

soak: venv-dev browser $(WORDS)
	@SOAK=1 exec $(BIN)/pytest -n $(WORKERS) -o faulthandler_timeout=0 $(TESTS)

coverage: venv-dev browser $(WORDS)
	@$(BIN)/pytest -n $(WORKERS) --cov --cov-report=json:.cache/coverage.json --cov-report= $(TESTS)
	@$(PY) tools/coverage_by_area.py .cache/coverage.json

bench: venv-dev
	@exec $(PY) -m bench

pictures: venv
	@exec $(PY) -m demo.art.pictures

# Locks in this order: the widest first, then the narrower ones take its versions.
lock: venv-dev
	@$(PY) tools/lock.py $(if $(UPGRADE),--upgrade)

# ------------------------------------------------------------------ what must be there
# A stamp newer than the lock files means: nothing to do, and the shop starts at once.
LOCKS := requirements-build.txt requirements.txt pyproject.toml tools/install.py $(PY)

venv: $(VENV)/for-run
venv-dev: $(VENV)/for-dev

$(VENV)/for-run: $(LOCKS)
	@sh tools/python.sh tools/install.py run

$(VENV)/for-dev: $(LOCKS) requirements-prod.txt requirements-dev.txt
	@sh tools/python.sh tools/install.py dev

# What gettext reads; the shop makes it too when it starts without make.
$(WORDS): $(WORDS:.mo=.po) | venv
	@$(PY) tools/translations.py compile

# Gone with an upgraded system Python, for example: then .venv is made anew.
$(PY):

browser: venv-dev
	@echo "Looking for a browser …"
	@$(PY) tools/browser.py >/dev/null

# ------------------------------------------------------------------ make check
# Two at a time, each one's output in one piece.
check: venv-dev
	@$(MAKE) -k -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) check-types check-house check-lint check-format \
		check-imports check-templates check-migrations check-translations
	@echo "make check: all is well"

check-format:
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "format: run $(BIN)/ruff format ."; exit 1; }

check-lint:
	@$(BIN)/ruff check --quiet .

check-types:
	@$(BIN)/mypy --no-error-summary

check-imports:
	@said=$$($(BIN)/lint-imports --no-logo --cache-dir .cache/imports 2>&1) || { echo "$$said"; exit 1; }

check-templates:
	@said=$$($(BIN)/djlint templates stripe_double/templates --lint --quiet 2>&1) || { echo "$$said"; exit 1; }

check-migrations:
	@$(PY) tools/check_migrations.py

check-translations:
	@$(PY) tools/translations.py check

check-house:
	@$(PY) tools/check_house.py
