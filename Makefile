# Benchmarks beside other engines; docs/benchmarks.md says what they measure. Nothing here is part of the build or the tests.

ROWS = 10000000
SEED = 1
RUNS = 5
THREADS = 2
SIZES = 1000000,10000000,100000000
CLUSTER_SIZES = 10000000
PYTHON = python3

BENCH = bench/venv/bin/python bench/run.py --seed $(SEED) --runs $(RUNS) --threads $(THREADS)

.PHONY: bench bench-quick bench-large bench-cluster bench-micro bench-build bench-clean

bench: bench-build
	$(BENCH) --rows $(ROWS)

bench-quick: ROWS = 1000000
bench-quick: bench-build
	$(BENCH) --rows $(ROWS) --out bench/data/quick.md

bench-large: bench-build
	$(BENCH) --sizes $(SIZES) --out bench/RESULTS-large.md

# Spark is that of the engines' tests: `tests/run` installs it.
bench-cluster: bench-build
	$(BENCH) --cluster $(CLUSTER_SIZES)

bench-micro:
	cd bench && cargo bench -p micro

bench-build: bench/venv/ready
	cargo build --release
	cd bench && cargo build --release -p tools
	-cd bench && cargo build --release -p engines

bench/venv/ready: bench/requirements.txt
	$(PYTHON) -m venv bench/venv
	bench/venv/bin/pip install --quiet --require-hashes --only-binary :all: -r bench/requirements.txt
	touch $@

bench-clean:
	rm -rf bench/data bench/venv bench/target
