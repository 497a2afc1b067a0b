# The benchmark: see tests/bench. Included by the Makefile.

B ?= build
BENCH_FIGURES = $(B)/bench/figures.tsv

.PHONY: bench bench-quick bench-setup bench-build bench-plots

# other versions of lock.h to compare: directories, each of which has one
VARIANTS =

# REPORT: the tables
REPORT = if command -v python3 >/dev/null; \
    then tests/bench/report.py $(BENCH_FIGURES) $(B)/bench; \
    else echo '\# skipped: python3 is not installed' \
             '(apt-get install python3)'; fi

bench-build:
	@CC='$(CC)' CXX='$(CXX)' CFLAGS='$(CFLAGS)' VARIANTS='$(VARIANTS)' \
	    tests/bench/build.sh

## bench: compare the locks with those of others that are installed (12 minutes)
bench: bench-build
	$(B)/bench/bench -p 15 $(BENCH_FIGURES)
	@$(REPORT)
	@$(MAKE) --no-print-directory bench-plots

## bench-quick: the same in a minute or two, more coarsely, and without asyncio
bench-quick: bench-build
	$(B)/bench/bench -p 1 -s 0.08 -c '!(asyncio)' $(BENCH_FIGURES)
	@$(REPORT)

## bench-plots: draw the latest figures into tests/bench/results
bench-plots:
	@if command -v gnuplot >/dev/null; \
	then gnuplot tests/bench/plots.gp; \
	else echo '# skipped: gnuplot is not installed' \
	          '(apt-get install gnuplot-nox)'; fi

## bench-setup: install what the locks are compared with, on Debian
bench-setup:
	$$([ "$$(id -u)" -eq 0 ] || echo sudo) apt-get \
	    -o DPkg::Lock::Timeout=600 install -y \
	    --no-install-recommends g++ pkg-config python3 gnuplot-nox valgrind \
	    libnsync-dev libabsl-dev libtbb-dev libglib2.0-dev libuv1-dev \
	    libboost-fiber-dev cargo librust-parking-lot-dev librust-tokio-dev \
	    librust-async-lock-dev librust-futures-lite-dev
