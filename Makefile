# Two commands matter: `make report` and `make test`. Everything runs in .venv, installed once from the lock with hashes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed.stamp
UV := uv==0.13.9

.PHONY: report test lint lab docs hooks upgrade lock messages notebooks screenshots dictionary benchmark clean
.DEFAULT_GOAL := report

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "evaluation needs Python 3.11 or newer; $(PYTHON) is older. Name another one: make PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing the locked dependencies into $(VENV), once ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes --compile-bytecode -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

report: $(INSTALLED)  ## run every chapter for every edition and write outputs/
	@$(BIN)/evaluation run

test: lint  ## ruff, mypy, pytest, nbval
	@$(BIN)/pytest -n 2 --dist worksteal tests
	@$(BIN)/pytest -n 2 --dist loadscope --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks

lint: $(INSTALLED)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lab: $(INSTALLED)  ## JupyterLab on the chapters
	@$(BIN)/evaluation lab

docs: $(INSTALLED)  ## build docs/ into docs/build, with a reference from the docstrings
	@$(BIN)/sphinx-build -q -W --keep-going -j 2 -b html docs docs/build
	@echo "docs/build/index.html"

hooks: $(INSTALLED)  ## check every commit, and let git show and merge notebooks as notebooks
	@$(BIN)/pre-commit install
	@git config diff.jupyternotebook.command "$(BIN)/git-nbdiffdriver diff"
	@git config merge.jupyternotebook.driver "$(BIN)/git-nbmergedriver merge %O %A %B %L %P"
	@git config merge.jupyternotebook.name "jupyter notebook merge driver"

notebooks: $(INSTALLED)  ## run the chapters and store their outputs, to be committed
	@$(BIN)/jupyter nbconvert --log-level ERROR --to notebook --inplace --execute --ExecutePreprocessor.record_timing=False notebooks/*.ipynb

messages: $(INSTALLED)  ## bring the Dutch catalogue in step with the code
	@$(BIN)/pybabel --quiet extract --no-wrap --omit-header --no-location --sort-output -F babel.cfg -k N_ -o messages.pot src/evaluation
	@$(BIN)/pybabel --quiet update --no-wrap --omit-header --no-fuzzy-matching --ignore-obsolete -D evaluation -l nl -i messages.pot -d src/evaluation/presentation/locale
	@rm messages.pot

screenshots: $(INSTALLED)  ## take the pictures in docs/ from the report that was made
	@$(BIN)/python docs/screenshots.py

benchmark: $(INSTALLED)  ## time and memory beside the usual alternatives; takes half an hour
	@test -x .venv-peers/bin/python || { $(BIN)/uv venv --quiet --python $(BIN)/python .venv-peers && VIRTUAL_ENV=.venv-peers $(BIN)/uv pip install --quiet -r benchmarks/requirements-peers.txt; } || { rm -rf .venv-peers; echo "The alternatives cannot be installed here; the benchmark goes on without them." >&2; }
	@$(BIN)/python benchmarks/regeneration.py
	@$(BIN)/python benchmarks/scale.py

dictionary: $(INSTALLED)  ## write the data dictionary of a delivery from its schemas
	@$(BIN)/python -c 'from evaluation.sources.delivery.dictionary import dictionary; print(dictionary(), end="")' > data/schema/README.md

upgrade: UPGRADE = --upgrade
upgrade lock:  ## upgrade: newest versions that fit pyproject.toml; lock: only what is missing; both write hashes
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet $(UV); }
	@$(BIN)/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev --custom-compile-command "make upgrade" -o requirements.lock pyproject.toml

clean:  ## remove what was made; outputs/.kept stays, for it holds what earlier unattended runs said and cannot be made again
	@rm -rf $(VENV) .venv-peers outputs/*-*-* outputs/.made outputs/batch docs/build docs/reference .jupyter .import_linter_cache .hypothesis .mypy_cache .pytest_cache .ruff_cache
