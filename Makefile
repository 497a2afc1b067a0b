# lock.h and async_lock.h need no build: copy them. This builds what is around
# them. `make help` lists the targets.

CFLAGS ?= -std=c11 -O2 -g -Wall -Wextra -Wpedantic -Wconversion \
          -Wsign-conversion -Wshadow -Wundef -Wstrict-prototypes -Wcast-qual \
          -Werror
SAN     =
PREFIX  = /usr/local
DESTDIR =
B       = build

INCLUDE   = $(DESTDIR)$(PREFIX)/include/dual_lock
PKGCONFIG = $(DESTDIR)$(PREFIX)/share/pkgconfig
CMAKE     = $(DESTDIR)$(PREFIX)/share/cmake/dual_lock
MAN3      = $(DESTDIR)$(PREFIX)/share/man/man3
PAGES     = thread_lock async_lock

VERSION := $(shell sed -n '1s/.* - \([0-9.]*\) - .*/\1/p' lock.h)
HEADERS  = lock.h async_lock.h
EXAMPLES = $(patsubst examples/%.c,$(B)/examples/%,$(wildcard examples/*.c))
SUITES   = $(addprefix $(B)/tests/,async_loop async_no_loop async_task async_debug \
                         thread_script thread_awake thread_debug thread_linux thread_c11 \
                         thread_pthread thread_custom)

.DEFAULT_GOAL = all

# The schedule explorer needs gcc and a 64-bit Linux; elsewhere it is left out.
include tests/model/model.mk
MODELS = $(if $(filter 1.x86_64.Linux 1.aarch64.Linux,$(shell \
             command -v $(MODEL_CC) >/dev/null && echo 1).$(shell uname -m).$(shell uname -s)),\
             $(addprefix $(MODEL_OUT)/model_,linux c11 awake))

include tests/examples.mk
include tests/platform/platform.mk
include tests/bench/bench.mk
include tests/cxx.mk
include tests/browser.mk
include tests/rtos/rtos.mk

# Criterion hides what a sanitizer finds: with SAN the suites run without it.
FLAGS = $(CPPFLAGS) $(CFLAGS) -I. -pthread \
        $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
TEST_FLAGS = $(FLAGS) -D_GNU_SOURCE $(if $(SAN),-DPLAIN)
TEST_LIBS = $(if $(SAN),,-lcriterion)

.PHONY: all demo examples test check torture eva coverage loops packages form broken \
        valgrind helgrind pictures help install uninstall clean FORCE

all: demo

demo: $(B)/examples/wordcount examples
	$(B)/examples/wordcount

examples: $(EXAMPLES)

# What is built with other flags is built again.
$(B)/flags: FORCE
	@mkdir -p $(B)/examples $(B)/tests
	@echo '$(CC) $(FLAGS) $(LDFLAGS)' | cmp -s - $@ || \
	    echo '$(CC) $(FLAGS) $(LDFLAGS)' >$@

$(B)/examples/%: examples/%.c $(HEADERS) $(B)/flags
	$(CC) $(FLAGS) $(LDFLAGS) $< -o $@

# ThreadSanitizer needs to be told what a mtx_t is. It crashes in thrd_create, so
# with it the examples are left out.
$(B)/tests/thread_debug $(B)/tests/thread_awake: tests/thread_script.c

$(B)/tests/%: tests/%.c $(HEADERS) $(wildcard tests/*.h) $(B)/flags
	$(CC) $(TEST_FLAGS) $(LDFLAGS) $< \
	    $(if $(findstring thread,$(SAN)),tests/c11_on_pthread.c) -o $@ $(TEST_LIBS)

## test: install Criterion if it is missing, run the suites, the examples and the checks of form
test: $(if $(SAN),,criterion) examples
	@$(MAKE) --no-print-directory $(SUITES) $(CXX_SUITES) \
	    $(B)/tests/async_exhaustive $(if $(SAN),,$(MODELS))
	@B=$(B) CC='$(CC)' tests/run.sh $(SUITES) $(CXX_SUITES) \
	    $(B)/tests/async_exhaustive \
	    $(if $(SAN),,$(MODELS:%='% --quick') tests/bench/instructions.sh) \
	    $(if $(findstring thread,$(SAN)),,tests/examples.sh) tests/docs.sh

.PHONY: criterion
criterion:
	@B='$(B)' CC='$(CC)' tests/setup.sh

## check: all that proves the locks right, in about ten minutes
check: check-model valgrind helgrind coverage eva
	@$(MAKE) --no-print-directory -j2 --output-sync=line \
	    check-model-catches broken
	@$(MAKE) --no-print-directory $(B)/tests/async_exhaustive
	$(B)/tests/async_exhaustive 6
	$(MAKE) torture
	$(MAKE) torture SAN=address,undefined B=$(B)/asan
	$(MAKE) torture SAN=thread B=$(B)/tsan
	tests/platform/platforms.sh 'Linux (i686|s390x|aarch64)'

## torture: a mixed load of all there is on each port, for SECONDS each
SECONDS = 10
TORTURES += $(addprefix $(B)/tests/torture_,linux c11 pthread)
torture: $(TORTURES)
	for t in $(TORTURES); do $$t $(SECONDS) || exit; done

$(B)/tests/torture_%: tests/torture.c $(HEADERS) tests/loop.h $(B)/flags
	$(CC) $(TEST_FLAGS) $(LDFLAGS) $< \
	    -DTHREAD_LOCK_PORT_$(shell echo $* | tr a-z A-Z) \
	    $(if $(findstring thread,$(SAN)),tests/c11_on_pthread.c) -o $@

## eva: have Frama-C prove that the async lock never misuses memory
eva:
	@tests/eva.sh

## coverage: which lines and branches of the headers the suites execute
coverage:
	@B=$(B) tests/coverage.sh

## loops: both locks in programs of each event loop in examples/loops
LOOPS = $(basename $(notdir $(wildcard examples/loops/*.c)))
loops:
	@CC='$(CC)' tests/run.sh $(LOOPS:%='tests/loops.sh %')

## packages: build with each package, and look at the locks in gdb
packages:
	@CC='$(CC)' tests/run.sh tests/packages/packages.sh tests/packages/gdb.sh

## form: compile the headers in every way that they promise to compile in
form:
	@CC='$(CC)' tests/run.sh tests/compile/form.sh

## broken: break the headers in many ways, and see that the tests notice
broken:
	@CC='$(CC)' tests/run.sh tests/broken.sh tests/compile/broken.sh

## helgrind: torture the c11 port under helgrind, for the mutexes that it can see
helgrind: $(B)/tests/torture_c11
	valgrind --tool=helgrind -q --fair-sched=yes --error-exitcode=9 \
	    --suppressions=tests/helgrind.supp $< $(SECONDS)

# In one process and without Criterion, which hides what valgrind finds.
$(B)/tests/plain_%: tests/%.c $(HEADERS) $(wildcard tests/*.h) $(B)/flags
	$(CC) $(FLAGS) -O1 -D_GNU_SOURCE -DPLAIN $(LDFLAGS) $< -o $@

## valgrind: look for misused and lost memory in the suites
valgrind: $(SUITES:$(B)/tests/%=$(B)/tests/plain_%)
	@tests/run.sh $(^:%='valgrind -q --error-exitcode=9 --leak-check=full --fair-sched=yes --suppressions=tests/memcheck.supp %')

## pictures: draw docs/*.svg again
pictures:
	@docs/pictures.sh

# Each name of a page becomes a link to it, for `man thread_lock_release`.
NAMES = sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([A-Za-z_]*\).*/\1/p'

FILL = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
           -e 's|@LIBS@|$(if $(filter Windows_NT,$(OS)),-lsynchronization,-pthread)|'

## install: copy both headers, their man pages and what CMake and pkg-config find them by below PREFIX
install:
	install -d $(INCLUDE) $(PKGCONFIG) $(CMAKE) $(MAN3)
	install -m 644 $(HEADERS) $(INCLUDE)
	install -m 644 packaging/dual_lockConfig.cmake $(CMAKE)
	$(FILL) packaging/dual_lockConfigVersion.cmake.in \
	    >$(CMAKE)/dual_lockConfigVersion.cmake
	$(FILL) packaging/dual_lock.pc.in >$(PKGCONFIG)/dual_lock.pc
	install -m 644 $(PAGES:%=docs/%.3) $(MAN3)
	for page in $(PAGES); do for name in $$($(NAMES) docs/$$page.3); do \
	    ln -sf $$page.3 $(MAN3)/$$name.3; done; done

## uninstall: remove them again
uninstall:
	rm -rf $(INCLUDE) $(CMAKE)
	rm -f $(PKGCONFIG)/dual_lock.pc $(PAGES:%=$(MAN3)/%.3) \
	    $$($(NAMES) $(PAGES:%=docs/%.3) | sed 's|.*|$(MAN3)/&.3|')

## clean: remove all that was built
clean:
	rm -rf $(B)

help:
	@echo 'make: build the examples and count the words of this project with one'
	@sed -n 's/^## /make /p' $(MAKEFILE_LIST)
	@echo 'Variables: CC, CFLAGS, SAN=address,undefined or SAN=thread, PREFIX, DESTDIR'
