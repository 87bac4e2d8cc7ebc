# Set-up, build, test and first run of LayerSwap.
#
#   make quickstart   install what is missing, build, run the whole experiment
#   make test         install what is missing, check the form, run every test
#   make build        leave the program at .build/release/layerswap
#   make docs         leave the documentation for the browser in .build/documentation
#   make reference    write the reference of recipe keys from the types that read them
#   make fuzz         damage inputs of every kind for ten minutes; nothing may crash or hang
#   make format       bring the sources into form
#   make clean        remove what was built (runs in Checkpoints stay)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:

# The C libraries that the package links or loads.
PACKAGES := libopenblas-dev libsentencepiece-dev libsqlite3-dev

# This machine's own instruction set, which reaches the Swift code too. Set MARCH= for a portable
# program, or MARCH=x86-64-v3 for one that runs on other machines.
MARCH ?= native
FLAGS := -c release $(if $(MARCH),-Xcc -march=$(MARCH))
PROGRAM := .build/release/layerswap
FORMATTED := Sources Tests Package.swift

# How long damaged inputs are tried, in seconds, how many suites share that, and the seed of the damage.
FUZZ_SECONDS ?= 600
FUZZ_SUITES := 7
FUZZ_SEED ?= 1

.PHONY: quickstart build test docs reference browser fuzz lint format clean setup

quickstart: build
	$(PROGRAM) run Recipes/quickstart.yaml

build: setup
	swift build $(FLAGS)

test: setup browser lint
	mkdir -p .build
	echo "Running the tests; the full log is .build/test.log"
	status=0
	# Without testable imports a test build shares every object with the program's own build.
	OPENBLAS_NUM_THREADS=1 swift test $(FLAGS) --disable-testable-imports > .build/test.log 2>&1 || status=$$?
	grep -E 'error:|warning:|✘' .build/test.log || true
	grep -E 'Test run with|Executed [1-9][0-9]* test' .build/test.log || tail -n 40 .build/test.log
	exit $$status

docs:
	docc="$$(dirname "$$(readlink -f "$$(command -v swift)")")/docc"
	"$$docc" convert Sources/layerswap/LayerSwap.docc --output-path .build/documentation \
	    --fallback-display-name LayerSwap --fallback-bundle-identifier layerswap
	echo "Open it with: $$docc preview Sources/layerswap/LayerSwap.docc"

reference: setup
	LAYERSWAP_WRITE_REFERENCE=1 swift test $(FLAGS) --disable-testable-imports \
	    --filter RecipeReferenceTests

fuzz: setup
	LAYERSWAP_FUZZ_SECONDS=$$(($(FUZZ_SECONDS) / $(FUZZ_SUITES))) LAYERSWAP_FUZZ_SEED=$(FUZZ_SEED) \
	    swift test $(FLAGS) --disable-testable-imports --no-parallel --filter FuzzTests

# The browser in which a test opens a report; without it that test is left out and said to be.
browser:
	if command -v chromium >/dev/null; then exit 0; fi
	export DEBIAN_FRONTEND=noninteractive
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    as_root="env"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	    as_root="sudo env"
	else
	    echo "No chromium: the test that opens a report in a browser is left out."
	    exit 0
	fi
	echo "Installing chromium, in which a test opens a report"
	$$as_root apt-get update -qq && $$as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null \
	    || echo "It could not be installed; that test is left out."

lint:
	swift format lint --strict --recursive $(FORMATTED)
	echo "The form of the sources is right."

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
