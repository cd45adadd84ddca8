# Everything a newcomer needs is here; `make help` reads these comments.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin
READY  := $(VENV)/.ready
SHELL  := /bin/bash
TOOLS  := extensions/node_modules/.ready
SCRIPT := extensions/promise-at-checkout/dist/promise-at-checkout.js

# Where the machine forbids it, every process that a test starts would compile the whole app again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check prove bench serve clean

help: ## Show what there is to do
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(READY) ## Tell the story of one promise on a store of your own (ONCE=1 ends when it has come true)
	@$(RUN)/promised demo $(if $(ONCE),--once) $(if $(COUNTED_FIRST),--counted-first) $(if $(BAD_POST),--bad-post)

test: $(READY) $(TOOLS) $(SCRIPT) browser ## Run the tests: rules, books on both databases, stories, pages in a browser
	@echo "Tests: Python on three processes (they often wait), then the theme block and the checkout."
	@$(RUN)/pytest -q -n 3 --dist loadgroup
	@cd extensions && npm test --silent

check: $(READY) $(TOOLS) ## Lint, types, the rooms' laws, migrations against the books
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports
	@$(RUN)/pytest -q tests/house
	@cd extensions && npm run check --silent

prove: $(READY) ## Play two thousand random stories with faults (SEQUENCES=20000 plays more), and run the tests that take long
	@PROOF_SEQUENCES=$(or $(SEQUENCES),2000) $(RUN)/pytest -q -n 2 tests/proof/test_sequences.py
	@$(RUN)/pytest -q -n 3 --dist loadgroup -m long

bench: $(READY) ## Measure on this machine, beside the limits: ratios of one run (ONLY=allocate runs one)
	@PYTHONPATH=. $(RUN)/promised bench all $(if $(ONLY),--only $(ONLY))

serve: $(READY) ## Run the app on this machine (settings from .env, see .env.example)
	@$(RUN)/promised serve

clean: ## Remove what was built and what the demo and tests left
	rm -rf $(VENV) extensions/node_modules extensions/*/dist var build *.egg-info

# Set-up, once, and again when the packages change.
$(READY): pyproject.toml
	@echo "Setting up: a virtual environment in $(VENV) with the packages of pyproject.toml …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/it."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(RUN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $(READY)

$(TOOLS): extensions/package.json extensions/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20.19 or newer with npm is needed to check the theme block and the checkout."; exit 1; }
	@echo "Setting up: the tools of the theme block and the checkout …"
	@cd extensions && npm ci --silent --no-audit --no-fund
	@touch $@

# The development store runs it on the pages of its orders, where it is built.
$(SCRIPT): $(TOOLS) extensions/bundle.mjs $(wildcard extensions/promise-at-checkout/*.toml extensions/promise-at-checkout/src/* extensions/promise-at-checkout/locales/*)
	@cd extensions && node bundle.mjs

.PHONY: browser
browser:
	@bin/find-browser
