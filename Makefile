# Every habit is one verb; `make help` lists them.
SHELL := /bin/bash
HOME_DIR ?= var/demo
SOURCE_PORT ?= 8080
JOURNALIST_PORT ?= 8081
PYTHON ?= python3
OUT ?= var/station-bundle
SIGN_WITH ?=
DEBIAN ?= yes
BIN := .venv/bin
PACKAGES := source_app journalist_app viewing_station admin web crypto formats storage tor
CODE := $(PACKAGES) tests benchmarks scripts

.DEFAULT_GOAL := help
.PHONY: test-packages help setup run onion-demo code test check lint types imports format bench vendor screenshots station-bundle lock clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

# What is installed depends on these files alone; the stamp makes a second set-up cost seconds.
STAMP := .venv/installed
$(STAMP): requirements-dev.txt pyproject.toml requirements.in
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: ## install what the project needs
	@scripts/debian-packages
	@$(MAKE) --no-print-directory $(STAMP)

run: setup ## serve a demo instance and say what to open
	@exec $(BIN)/python scripts/run_demo.py $(HOME_DIR) $(SOURCE_PORT) $(JOURNALIST_PORT)

onion-demo: setup ## the demo as onion services, on a Tor network of this machine's own
	@exec $(BIN)/python scripts/onion_demo.py $(HOME_DIR) $(SOURCE_PORT) $(JOURNALIST_PORT)

code: ## print the demo reviewer's present one-time code
	@$(BIN)/python scripts/demo_code.py $(HOME_DIR)

test: setup test-packages check ## lint, check types and imports, run every test
	@$(BIN)/python -m pytest -n auto --dist loadgroup

check: lint types imports ## what needs no test to run

lint: ## ruff, nearly all rules
	@$(BIN)/ruff check -q $(CODE)
	@$(BIN)/ruff format -q --check $(CODE)

types: ## mypy, strict
	@$(BIN)/mypy --no-error-summary

imports: ## who may import whom
	@$(BIN)/lint-imports --no-cache

format: ## rewrite the code in the house's form
	@$(BIN)/ruff format -q $(CODE)
	@$(BIN)/ruff check -q --fix $(CODE)

test-packages:
	@scripts/debian-packages test

bench: setup ## measure, beside a reference in the same run
	@$(BIN)/python -m benchmarks

vendor: ## fetch anew what the pages take from others, at the locked hashes
	@scripts/vendor

screenshots: setup test-packages ## take a picture of each page
	@$(BIN)/python scripts/screenshots.py docs/pictures
	@$(BIN)/python scripts/onion_screenshots.py docs/pictures
	@$(BIN)/python scripts/station_pictures.py docs/pictures

station-bundle: setup ## one folder that installs the viewing station offline (OUT=, SIGN_WITH=, DEBIAN=no)
	@$(BIN)/python -m scripts.station_bundle $(OUT) $(if $(SIGN_WITH),--sign-with $(SIGN_WITH)) --debian $(DEBIAN)

lock: ## lock the dependencies with their hashes
	@for f in requirements requirements-dev; do $(BIN)/uv pip compile -q --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url $$f.in -o $$f.txt; done
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url -c requirements.txt requirements-station.in -o requirements-station.txt

clean: ## remove the environment and the demo
	@rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
