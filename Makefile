# Needs Python 3.11 or newer, pip and make. `make` alone lists what there is.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BROKER ?= embedded
PORT ?= 8080
SCALE ?= 1
YEARS ?= 2
WHERE := models agencies analysis streams consumers dashboards demo benchmarks tests

.DEFAULT_GOAL := help
.PHONY: help validate-conclusions validate-hotspots demo test test-all test-quick attacks scan screens faults fuzz mutants worst check lint types layers lock-in-step format bench validate-disclosure agency-kit producer-conformance schemas measures-doc lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The environment: everything the lock file names, and nothing else; and the kernels compiled, or the first scan waits for
# that. Touched again whenever the lock file changes.
$(VENV)/.installed: requirements.lock
	@echo "setting up $(VENV) from requirements.lock" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m analysis.hotspots.warm
	@touch $@

demo: $(VENV)/.installed ## Everything on one machine with synthetic agencies (ONCE=1, BROKER=kafka|embedded, PORT=, SCALE=, YEARS=)
	@$(BIN)/python -m demo $(if $(ONCE),--once) --broker $(BROKER) --port $(PORT) --scale $(SCALE) --years $(YEARS)

test: $(VENV)/.installed ## Set up, then every test that can share the machine, two at a time; the end says which lanes ran
	bash tests/support/debian-packages.sh
	$(BIN)/python -m pytest --durations=10 -n 2 --dist loadfile -m "not batch and not kafka and not alone"

# What waits for brokers leaves a core to another; what measures, or starts the whole demo, runs by itself.
test-all: test ## The same, then real Kafka and killed processes, then what needs the machine for itself (what .ci/run runs)
	$(BIN)/python -m pytest --durations=10 -n 2 --dist loadfile -m "kafka and not alone and not batch"
	$(BIN)/python -m pytest --durations=10 -m "alone and not batch"

test-quick: $(VENV)/.installed ## Tests that need neither Java nor PostgreSQL, in about a minute
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow and not batch and not kafka and not postgres"

attacks: $(VENV)/.installed ## Every attack on what is published, the long ones too, and the audit of the mechanism (about half an hour)
	$(BIN)/python -m pytest -q -n 2 --durations=10 -m "not kafka and not embedded" tests/attacks tests/analysis/mechanism
	$(BIN)/python -m analysis mechanism --every --keys 400 --pads 11

scan: $(VENV)/.installed ## A scanner of web pages (wapiti, installed elsewhere: SCANNER=) over the pages, signed out and in (SCAN_SECONDS=, SCAN_OUT=)
	$(BIN)/python -m tests.attacks.scan

screens: $(VENV)/.installed ## Every page at two widths, and a pack's pages, as pictures in docs/screens (needs Chromium and pdftoppm, no network)
	$(BIN)/python -m tests.screens

faults: $(VENV)/.installed ## Every fault injected into the real services; a table of what became of the events (under 25 minutes on a free machine)
	$(BIN)/python -m tests.faults

fuzz: $(VENV)/.installed ## 105,000 hostile messages to the raw topics and the HTTP intake, then schemathesis where it is installed
	$(BIN)/python -m tests.fuzz
	$(BIN)/python -m pytest -q -s -m batch tests/fuzz

mutants: $(VENV)/.installed ## Put 1,000 small faults into what decides, and see tests fail; writes docs/mutants.md (SAMPLE=, ONLY=; resumable)
	$(BIN)/python -m tests.mutants $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(ONLY),--only $(ONLY))

worst: $(VENV)/.installed ## The ten longest functions, most parameters, Any, class names used twice, circles between folders
	@$(BIN)/python -m tests.support.worst

check: lint types layers lock-in-step ## Lint, formatting, types, layers, lock file in step (make -k check shows all at once)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy $(WHERE)

layers: $(VENV)/.installed
	$(BIN)/lint-imports --no-logo

lock-in-step: $(VENV)/.installed
	$(BIN)/python -m tests.support.lock_in_step

format: $(VENV)/.installed ## Format, and mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed ## The benchmarks, side by side with peers; ROW=pages: only how long the pages take (BOARDS=, about ten minutes)
	$(BIN)/python -m benchmarks$(if $(ROW),.$(ROW))$(if $(BOARDS), --boards $(BOARDS))

validate-disclosure: $(VENV)/.installed ## Attack two years of releases of 100 synthetic boards; writes docs/disclosure-validation.md
	$(BIN)/python -m benchmarks.release_validation $(if $(BOARDS),--boards $(BOARDS))

validate-conclusions: $(VENV)/.installed ## Judge needs and effects on invented boards, in steps that can be resumed; writes docs/conclusions-validation.md
	$(BIN)/python -m benchmarks.conclusions $(if $(MINUTES),--minutes $(MINUTES))

validate-hotspots: $(VENV)/.installed ## Calibrate the hotspot methods on invented data; writes docs/hotspot-validation.md (ONLY=power or planted)
	$(BIN)/python -m benchmarks.hotspots.validation $(if $(ONLY),--only $(ONLY))

agency-kit: $(VENV)/.installed ## The zip that an agency installs
	$(BIN)/python -m agencies.kit dist/agency-kit.zip

producer-conformance: $(VENV)/.installed ## Judge a producer (AGENCY=, BOOTSTRAP=, RUN="node producer.mjs"); without RUN the worked ones, on real Kafka
	$(if $(RUN),$(BIN)/python -m agencies conformance --agency $(AGENCY) --bootstrap $(BOOTSTRAP) --run "$(RUN)",$(BIN)/python -m pytest -q --durations=10 tests/producers)

measures-doc: $(VENV)/.installed ## Write docs/measures.md anew from the measures' definitions
	$(BIN)/python -m analysis measures-doc --write

schemas: $(VENV)/.installed ## Write JSON Schema, AsyncAPI, OpenAPI and the golden vectors anew from the models
	$(BIN)/python -m models schemas --write
	$(BIN)/python -m agencies.serve.openapi
	$(BIN)/python -m agencies.conformance.vectors

# For the maintainer alone: needs uv, and a look at the difference before it is committed.
lock: ## Pin the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml -o requirements.lock

clean: ## Remove what runs leave behind; the environment and the broker's jars stay
	rm -rf var/demo var/releases var/bench dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
