# `make`        format, lint, types and the fast tests: before every commit
# `make test`   everything, with what it needs installed first (APT=0: no Debian packages; CI=true: nothing may be skipped)
# `make demo`   the sandbox (ARGS=--script plays the story in the terminal); `make serve ARGS=...` the service
# `make bench`  the figures of the README; `make bench-peers` Roundup's on the same replies; `make lock` renews the locks
# `make hostile` mail of attackers and broken programs against a running service; `make fuzz` made-up mail, ten minutes
# `make clean`  removes the virtual environment and caches, never var/

PY ?= python3
APT ?= 1
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
DEBIAN := chromium clamav-daemon
COMMANDS := chromium clamd

ifdef UV
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: check test demo serve bench bench-peers hostile fuzz lock packages clean

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n logical --dist worksteal -m "not slow and not browser and not clamd"

test: packages $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n logical --dist worksteal -rs

demo: $(VENV)/.run
	$(BIN)/mailbot demo $(ARGS)

serve: $(VENV)/.run
	$(BIN)/mailbot serve $(ARGS)

bench: $(VENV)/.test
	$(BIN)/python -m bench $(ARGS)

bench-peers: $(VENV)/.test
	$(BIN)/python -m bench.peers $(ARGS)

hostile: $(VENV)/.test
	$(BIN)/python -m tests.hostile $(ARGS)

fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz $(ARGS)

# Debian packages that the tests need, each known by the command that it brings.
packages:
	@PATH="$$PATH:/usr/sbin"; missing=; for command in $(COMMANDS); do command -v $$command >/dev/null 2>&1 || missing="$$missing $$command"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$(APT)" = 0 ]; then echo "APT=0: not installed:$$missing; the tests marked « browser » or « clamd » that need it are skipped"; exit 0; fi; \
	if ! command -v apt-get >/dev/null 2>&1; then \
		echo "no apt-get here: install $(DEBIAN) yourself, or run make test APT=0"; exit 1; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; echo "installing $(DEBIAN) with apt-get"; \
	else sudo=sudo; echo "installing $(DEBIAN) with sudo apt-get (make test APT=0 leaves it out)"; fi; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DEBIAN)

$(BIN)/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mailbot needs Python 3.11 or later: make PY=python3.11"; exit 1; }
ifdef UV
	@$(UV) venv --quiet --python $(PY) $(VENV)
else
	@$(PY) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "python3 -m venv failed: apt-get install python3-venv, or install uv"; exit 1; }
endif

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	$(INSTALL) -r requirements.lock
	$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock pyproject.toml | $(BIN)/python
	$(INSTALL) -r requirements-test.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --no-header --upgrade pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --no-header --upgrade --extra test \
		-c requirements.lock pyproject.toml -o requirements-test.lock

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
