# Everything a fresh machine with Python 3.11 and make needs is set up by the targets themselves.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.asbuilt-dev
OUT    ?= out
FUZZ_SECONDS ?= 30
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_QUIET ?= 1

.PHONY: help setup demo demo-audit test lint format bench bench-live bench-organization specs fuzz chromium npm-tools checkov postgresql corpus corpus-cloudformation clean

help:  ## Show the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --upgrade pip
	$(BIN)/python -m pip install -e '.[dev]'
	@touch $@

setup: $(STAMP)  ## Make the virtual environment with everything development needs.

demo: $(STAMP)  ## Scan the drifted Broxiva platform; print the findings; write HTML and SARIF.
	@mkdir -p $(OUT)
	@$(BIN)/asbuilt check fixtures/broxiva/drifted/environments/prod --spec broxiva --env prod \
	    -o text -o html=$(OUT)/asbuilt-report.html -o sarif=$(OUT)/asbuilt-report.sarif \
	    -o json=$(OUT)/asbuilt-report.json; code=$$?; \
	if [ $$code -ne 1 ]; then echo "the drifted platform must exit 1, not $$code" >&2; exit 1; fi; \
	echo; echo "The platform differs from its architecture, as it should here (exit code 1)."; \
	echo "Reports: $(OUT)/asbuilt-report.html, $(OUT)/asbuilt-report.sarif, $(OUT)/asbuilt-report.json"

demo-audit: $(STAMP)  ## Build the platform in an account (moto, on loopback), break it in 20 places, audit it, compare.
	@$(BIN)/python scripts/demo_audit.py --out $(OUT)

test: $(STAMP) chromium npm-tools checkov postgresql corpus  ## Run all tests, as CI does.
	$(BIN)/python -m pytest -n 2

lint: $(STAMP)  ## Check style, types and layers.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)  ## Format the code.
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

bench: $(STAMP)  ## Measure asbuilt side by side with its peers, in one run (BENCH=--quick leaves the slowest out).
	$(BIN)/python scripts/bench.py $(BENCH)
	$(BIN)/python scripts/bench_templates.py $(filter --quick,$(BENCH))
	$(BIN)/python scripts/bench_live.py $(filter --quick,$(BENCH))

bench-live: $(STAMP)  ## Measure the audit of an account 50 ms away, side by side with Cloud Custodian (BENCH=--quick: once).
	$(BIN)/python scripts/bench_live.py $(BENCH)

bench-organization: $(STAMP)  ## Audit 200 simulated accounts in 3 regions: coverage, stop and resume, pools, memory (BENCH=--accounts 40).
	$(BIN)/python scripts/bench_organization.py $(BENCH)

specs: $(STAMP)  ## Build the bundled specs: after a change of their YAML.
	$(BIN)/python scripts/make_specs.py

fuzz: $(STAMP)  ## Feed damaged input to every reader for a bounded time (FUZZ_SECONDS each).
	$(BIN)/python scripts/fuzz.py --seconds $(FUZZ_SECONDS)

chromium:
	@if command -v chromium >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else \
	    echo "The browser tests need Chromium. Install Debian's package: sudo apt-get install chromium" >&2; exit 1; \
	fi

# axe-core looks for what people with disabilities stumble over. Only its one script is used, in the browser tests.
AXE := axe-core-4.14.1
# Microsoft's validator of SARIF: a program of 100 MB, of which npm fetches the one for this machine.
MULTITOOL := @microsoft/sarif-multitool@5.7.0
NPM_TOOLS := .npm-tools
npm-tools:  ## Fetch axe-core and the SARIF multitool (into .npm-tools; needs npm).
	@if [ ! -f $(NPM_TOOLS)/$(AXE)/axe.min.js ]; then \
	    if command -v npm >/dev/null 2>&1; then \
	        tmp=$$(mktemp -d); \
	        if (cd "$$tmp" && npm pack --silent "$$(echo $(AXE) | sed 's/\(.*\)-/\1@/')" && tar -xzf $(AXE).tgz) >/dev/null 2>&1; \
	        then mkdir -p $(NPM_TOOLS)/$(AXE) && cp "$$tmp"/package/axe.min.js "$$tmp"/package/LICENSE $(NPM_TOOLS)/$(AXE)/; \
	        else echo "axe-core could not be fetched; its tests will fail." >&2; fi; rm -rf "$$tmp"; \
	    else echo "The accessibility tests need axe-core, and npm to fetch it: sudo apt-get install npm, make npm-tools" >&2; fi; \
	fi
	@if [ ! -x $(NPM_TOOLS)/node_modules/.bin/sarif-multitool ] && command -v npm >/dev/null 2>&1; then \
	    mkdir -p $(NPM_TOOLS); \
	    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix $(NPM_TOOLS) $(MULTITOOL) >/dev/null 2>&1 \
	        && chmod u+x $(NPM_TOOLS)/node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool \
	        || echo "The SARIF multitool could not be fetched; its test will be skipped." >&2; \
	fi

# checkov pins versions of what asbuilt needs too, so it gets an environment of its own.
checkov:  ## Install checkov for the tests (into .checkov).
	@if [ ! -x .checkov/bin/checkov ]; then \
	    rm -rf .checkov && $(PYTHON) -m venv .checkov && .checkov/bin/python -m pip install 'checkov>=3.2,<4' 2>/dev/null \
	        || { rm -rf .checkov; echo "checkov could not be installed; its tests will fail." >&2; }; \
	fi

# CloudFormation that cfn-lint tests itself with: its source distribution, of the version that is installed.
corpus-cloudformation: $(STAMP)
	@if [ ! -d .corpus-cloudformation ]; then \
	    tmp=$$(mktemp -d); version=$$($(BIN)/python -c 'from importlib.metadata import version; print(version("cfn-lint"))'); \
	    if $(BIN)/python -m pip download -q --no-deps --no-binary cfn-lint -d "$$tmp" "cfn-lint==$$version" >/dev/null 2>&1 \
	        && tar -xzf "$$tmp"/cfn_lint-*.tar.gz -C "$$tmp" --strip-components 4 --wildcards '*/test/fixtures/templates/*'; \
	    then rm -f "$$tmp"/*.tar.gz; mv "$$tmp" .corpus-cloudformation; \
	    else echo "cfn-lint's templates could not be fetched; their tests are left out." >&2; rm -rf "$$tmp"; fi; \
	fi

# Terraform and HCL that other projects wrote: Debian ships the test data of HashiCorp's own Go libraries.
CORPUS := golang-github-hashicorp-hcl-v2-dev golang-github-hashicorp-terraform-json-dev
corpus: corpus-cloudformation  ## Fetch real code to read (into .corpus; Terraform's needs apt-get).
	@if [ ! -d .corpus ] && command -v apt-get >/dev/null 2>&1; then \
	    tmp=$$(mktemp -d); \
	    if (cd "$$tmp" && { apt-get download -qq $(CORPUS) || { apt-get update -qq && apt-get download -qq $(CORPUS); }; }) \
	        >/dev/null 2>&1; then \
	        for package in "$$tmp"/*.deb; do dpkg-deb -x "$$package" "$$tmp/tree"; done; mv "$$tmp/tree" .corpus; \
	    else echo "The corpus could not be fetched; its tests are left out." >&2; fi; rm -rf "$$tmp"; \
	fi

postgresql:
	@if command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
	else \
	    echo "The store's tests need PostgreSQL's server. Install Debian's package: sudo apt-get install postgresql" >&2; exit 1; \
	fi

clean:  ## Remove what the targets made.
	rm -rf $(VENV) $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
