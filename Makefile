.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCALE := .venv-scale
AUDIT := .venv-audit
SCALE_MESSAGES ?= 1000000
# The oldest client that opens a snapshot; a test asks it, where there is one for this Python.
CLIENT := duckdb==1.2.0

.PHONY: help demo test browser words commands audit campaign campaign-kill campaign-moving campaign-large campaign-incremental campaign-habits campaign-phones campaign-contacts campaign-send campaign-alarms campaign-soak bench bench-quick scale check format clean wheel

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/ready ## Emulated gateway -> contact import, run, report, in data/demo
	@$(BIN)/sms24 demo --dir data/demo

test: $(VENV)/ready ## Run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal -q

campaign: campaign-kill campaign-moving campaign-large campaign-incremental campaign-habits campaign-phones campaign-contacts campaign-send campaign-alarms campaign-soak ## The long tests (hours)

campaign-kill: $(VENV)/ready ## A hundred kills of a first load
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_kill.py

campaign-moving: $(VENV)/ready ## A hundred runs over a moving world
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_moving.py

campaign-large: $(VENV)/ready ## A million messages, an answer of 100 MB
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_large.py

campaign-incremental: $(VENV)/ready ## Fifty runs, each table that of a full build
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_incremental.py

bench: $(VENV)/ready ## Against dlt, a Singer tap, a script and the floor; writes docs/benchmarks.md (an hour; goes on where it was stopped)
	@$(BIN)/python tests/bench/suite.py --to docs/benchmarks.md

bench-quick: $(VENV)/ready ## The same with small sizes, for the results alone
	@$(BIN)/python tests/bench/suite.py --quick

campaign-habits: $(VENV)/ready ## A thousand random gateways
	@SMS24_EXAMPLES=1000 $(BIN)/python -m pytest -n auto -q tests/test_model.py tests/test_habits.py

campaign-phones: $(VENV)/ready ## 100,000 numbers by either library (pip install .[fast]), 90,000 wild cells
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_contact_library.py tests/test_contact_phone.py

campaign-contacts: $(VENV)/ready ## A plan of a million contacts; loads of 2,000, killed twenty times each
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_contacts_million.py tests/test_contacts_kill.py tests/test_contacts_crash.py

campaign-send: $(VENV)/ready ## Bulks of 10,000 messages, killed twenty times each; hostile cells
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_send_kill.py tests/test_send_crash.py tests/test_send_texts.py

campaign-alarms: $(VENV)/ready ## How often the rule for incidents errs and finds: 1,000 worlds each
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_report_incidents.py tests/test_report_findings.py

campaign-soak: $(VENV)/ready ## Sixty days of hourly runs with all that goes wrong; goes on where it was stopped
	@SMS24_CAMPAIGN=1 $(BIN)/python -m pytest -q tests/test_soak.py

scale: $(SCALE)/ready ## Let ClickHouse and Spark answer from an export (SCALE_MESSAGES=1000000)
	@$(SCALE)/bin/python tests/scale/scale.py --dir build/scale --messages $(SCALE_MESSAGES)

browser: ## Install Chromium for the tests of pages, where there is none
	@command -v chromium chromium-browser google-chrome >/dev/null \
		|| { apt-get update --quiet=2 && apt-get install --yes --quiet=2 --no-install-recommends chromium fonts-liberation; } >/dev/null \
		|| echo "There is no Chromium, and apt-get cannot install one: tests of pages will be skipped."

words: $(VENV)/ready ## Renew the catalogues of reports from the code, the templates and the seeds
	@$(BIN)/python tests/support/words.py

commands: $(VENV)/ready ## Renew docs/commands.md from the code
	@PYTHONPATH=tests $(BIN)/python tests/support/commands.py

audit: $(AUDIT)/ready ## Ask for known vulnerabilities of what is installed; needs the network
	@mkdir -p build
	@$(BIN)/python -m pip list --format freeze --exclude-editable --disable-pip-version-check >build/installed.txt
	@$(AUDIT)/bin/pip-audit --strict --progress-spinner off --no-deps --disable-pip --requirement build/installed.txt

check: $(VENV)/ready ## Lint, types, SQL style, secrets
	@$(BIN)/ruff format --check pipeline tests
	@$(BIN)/ruff check pipeline tests
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_sql_style.py tests/test_architecture.py tests/test_secrets.py tests/test_security.py

format: $(VENV)/ready ## Format the code
	@$(BIN)/ruff format pipeline tests
	@$(BIN)/ruff check --fix-only --quiet pipeline tests

wheel: $(VENV)/ready ## Build the wheel into dist/
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## Remove the virtual environment and what was built
	@rm -rf $(VENV) $(SCALE) $(AUDIT) dist build .mypy_cache .ruff_cache .hypothesis

$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable . --group dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--only-binary :all: --target $(VENV)/clients/$(subst ==,-,$(CLIENT)) $(CLIENT) \
		|| echo "There is no $(CLIENT) for this Python: its test will be skipped."
	@touch $@

$(AUDIT)/ready: $(VENV)/ready
	@$(PYTHON) -m venv --clear $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9'
	@touch $@

$(SCALE)/ready: pyproject.toml constraints.txt tests/scale/constraints.txt
	@echo "Making $(SCALE), 1.8 GB ..."
	@$(PYTHON) -m venv --clear $(SCALE)
	@$(SCALE)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--constraint tests/scale/constraints.txt --editable . chdb pyspark
	@touch $@
