# `make demo` and `make test` each set themselves up. See README.md.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$each; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Pin files are complete and nothing is resolved; this sees that what was installed fits together.
CHECK := $(BIN)/python -m pip --quiet --disable-pip-version-check check
SAMPLE := data/pseudopeople
DEMO_DIR ?= demo-office
ROWS ?= 1280000
LOOPS ?= 1000
SECONDS ?= 60
# Of `make bench`: rows of the register, questions, turns of `bench.speed`.
SPEED ?= 1000000 100000 3
# Of `make bench`: decoys of each kind, and made-up people to ask them of.
DECOYS ?= 5000
PEOPLE ?= 50000

SEQUENCES ?= 20000
SEED ?= 1

.PHONY: assets demo test coverage lint bench speed replay accuracy mutants pins clean kit kills fuzz fuzz-office attacks
.DELETE_ON_ERROR:

demo: $(BIN)/.runtime $(SAMPLE)/.ready assets/.copied  ## the main job, end to end, on made-up people
	$(BIN)/counterfoil demo --dir $(DEMO_DIR) --sample $(SAMPLE)

test: $(BIN)/.runtime $(BIN)/.test $(BIN)/.lint $(BIN)/.spark $(SAMPLE)/.ready assets/.copied  ## everything: lint, types, house rules, then all tests
	BIN=$(BIN) SAMPLE=$(SAMPLE) sh tests/run

coverage: $(BIN)/.runtime $(BIN)/.test $(BIN)/.lint $(BIN)/.spark $(SAMPLE)/.ready assets/.copied  ## make test with branch coverage, which takes a quarter longer and fails under what pyproject.toml says
	COVERAGE=1 BIN=$(BIN) SAMPLE=$(SAMPLE) sh tests/run

lint: $(BIN)/.runtime $(BIN)/.test $(BIN)/.lint  ## format, lint, types, import rules, house tests
	BIN=$(BIN) sh tests/run-lint

bench: $(BIN)/.runtime $(BIN)/.test $(SAMPLE)/.ready  ## speed, as ratios against a floor in one run, beside Splink, and one table of all at the end; make bench DECOYS=3000000 PEOPLE=1000000 certifies to 1e-6, which takes an hour or two
	$(BIN)/python -m bench
	$(BIN)/python -m bench.gate
	$(BIN)/python -m bench.overcount
	$(BIN)/python -m bench.certify --people $(PEOPLE) --per-class $(DECOYS)
	$(BIN)/python -m bench.speed $(SPEED)
	$(BIN)/python -m bench.one
	$(BIN)/python -m bench.summary

speed: $(BIN)/.runtime $(BIN)/.test  ## Splink and Counterfoil on the same files, stage by stage; make speed SPEED="10000000 1280000 3" for more rows and questions
	$(BIN)/python -m bench.speed $(SPEED)

replay: $(BIN)/.runtime  ## the run of August 2025 as reported, about made-up people; make replay ROWS=20000 for a small one; python -m bench.replay writes docs/measurements/replay.md
	$(BIN)/counterfoil replay --dir replay-office --rows $(ROWS)

accuracy: $(BIN)/.runtime $(BIN)/.test  ## recall and wrong confirmations beside Splink, in an environment of its own
	$(BIN)/python -m bench.accuracy

mutants: requirements/mutants.txt  ## break gate/ in many small ways and see that its tests notice; half an hour; make mutants ONLY='*periods*' tries those again that lived
	@$(PYTHON) -m venv $(VENV)-mutants
	$(VENV)-mutants/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	  -r requirements/runtime.txt -r requirements/test.txt -r requirements/mutants.txt
	$(VENV)-mutants/bin/python -m pip --quiet --disable-pip-version-check check
	nice $(VENV)-mutants/bin/mutmut run 'counterfoil.gate.checks.inputs.*'  # makes all mutants, and finds which tests reach each
	PYTHONWARNDEFAULTENCODING=1 nice $(VENV)-mutants/bin/python -m scripts.try_mutants $(if $(ONLY),'$(ONLY)')
	$(VENV)-mutants/bin/python -m scripts.mutants_page

kills: $(BIN)/.runtime $(BIN)/.test  ## the whole answer run, then enrolment, exchange of keys, recall and completion, killed at LOOPS random moments each, and checked after each
	$(BIN)/python -m tests.crash.kills $(LOOPS)
	$(BIN)/python -m tests.crash.kill_acts $(LOOPS)

fuzz-office: $(BIN)/.runtime $(BIN)/.test  ## SEQUENCES of edits by somebody who writes everything of an office but its keys
	$(BIN)/python -m tests.journeys.fuzz_office $(SEQUENCES) $(SEED)

fuzz: $(BIN)/.runtime  ## every parser under atheris, SECONDS each, in an environment of its own
	$(BIN)/python -m bench.fuzz $(SECONDS)

attacks: $(BIN)/.runtime  ## every attack on the gate, against the commit at which they were reported and this tree; then what probing learns in a year
	$(BIN)/python -m scripts.attacks
	$(BIN)/python -m scripts.attacks --subject law
	$(BIN)/python -m scripts.attacks --subject writers
	$(BIN)/python -m scripts.attacks.probing

assets: $(BIN)/.runtime  ## what the pages need of the US Web Design System, from npm; without Node they have a plain look
	$(BIN)/python -m scripts.copy_assets --required

kit: $(BIN)/.runtime $(BIN)/.test  ## counterfoil-ask as one file for Linux, macOS and Windows, with SBOM and signed digests, in dist/; runs the Linux one
	$(BIN)/python -m scripts.kit.build --out dist

pins: $(BIN)/.runtime $(BIN)/.test  ## compile requirements/*.txt anew from pyproject.toml
	$(PIP) --require-hashes --no-deps -r requirements/pins.txt
	$(CHECK)
	BIN=$(BIN) sh requirements/compile

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(VENV)-mutants $(VENV)-fuzz mutants data $(DEMO_DIR) replay-office

$(BIN)/python:
	@test -n "$(PYTHON)" || \
	  { echo 'make: Python 3.11 or later is needed. Install it, or run make PYTHON=/path/to/python3.11'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo 'make: this Python cannot make virtual environments. On Debian: apt-get install python3-venv'; rm -rf $(VENV); exit 1; }

$(BIN)/.runtime: requirements/runtime.txt requirements/build.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes --no-deps -r requirements/runtime.txt -r requirements/build.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	$(CHECK)
	@touch $@

$(BIN)/.test: requirements/test.txt | $(BIN)/.runtime
	$(PIP) --require-hashes --no-deps -r requirements/test.txt
	$(CHECK)
	@touch $@

$(BIN)/.lint: requirements/lint.txt | $(BIN)/.runtime
	$(PIP) --require-hashes --no-deps -r requirements/lint.txt
	$(CHECK)
	@touch $@

$(BIN)/.spark: requirements/spark.txt | $(BIN)/.test
	$(PIP) --require-hashes --no-deps -r requirements/spark.txt
	$(CHECK)
	@touch $@

assets/.copied: assets/package-lock.json scripts/copy_assets.py | $(BIN)/.runtime
	$(BIN)/python -m scripts.copy_assets
	@touch $@

$(SAMPLE)/.ready: requirements/data.txt | $(BIN)/.runtime
	$(PIP) --require-hashes --no-deps --upgrade --target $(SAMPLE) -r requirements/data.txt
	@touch $@
