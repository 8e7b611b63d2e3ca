# The two commands of the README: `make run` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
PIP = .venv/bin/pip --disable-pip-version-check --quiet

.PHONY: run test check lock

run: .venv/run.stamp
	@exec .venv/bin/chengqing up

test: .venv/test.stamp
	.venv/bin/python -m pytest

# What CI runs besides the tests.
check: .venv/test.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	CHENGQING_DATA=$$(mktemp -d) DJANGO_SETTINGS_MODULE=config.settings \
	  .venv/bin/python -m django makemigrations --check --dry-run

lock:
	requirements/lock.sh

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { echo "The environment cannot be made; on Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing (first time: a minute or so)"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@
