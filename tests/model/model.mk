# The schedule explorer: tests/model/explore.c says what it is. It needs gcc, as
# clang's -fsanitize=thread does not tell a weak compare-and-swap from a strong
# one, and x86-64 or another 64-bit little-endian Linux.

MODEL_CC    ?= gcc
MODEL_LOCK  ?= .
MODEL_OUT   ?= build/tests
MODEL_FLAGS  = -g -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion \
               -Wshadow -Wundef -Wstrict-prototypes -Wcast-qual -Werror
MODEL_CODE   = -std=c11 -O1 -fsanitize=thread -I$(MODEL_LOCK)
# Spinning makes schedules long. So only one build looks before it sleeps; there
# the next owner stays awake, and the clock moves while it does.
MODEL_PORT_linux = -DTHREAD_LOCK_PORT_LINUX -DTHREAD_LOCK_SPIN=0
MODEL_PORT_c11   = -DTHREAD_LOCK_PORT_C11 -DTHREAD_LOCK_SPIN=0
MODEL_PORT_awake = -DTHREAD_LOCK_PORT_LINUX -DTHREAD_LOCK_SPIN=1

## check-model: run small scenarios of lock.h in every order of their steps
.PHONY: check-model
check-model: $(MODEL_OUT)/model_linux $(MODEL_OUT)/model_c11 $(MODEL_OUT)/model_awake
	$(MODEL_OUT)/model_linux $(MODEL_ARGS)
	$(MODEL_OUT)/model_c11 $(MODEL_ARGS)
	$(MODEL_OUT)/model_awake $(MODEL_ARGS)

## check-model-catches: and see that it finds bugs, and each weaker memory order
.PHONY: check-model-catches
check-model-catches:
	tests/model/orders.sh
	tests/model/broken.sh

# Not position-independent, so that addresses mean the same to addr2line.
MODEL_SOURCES = $(addprefix tests/model/,explore.c memory.c platform.c)

$(MODEL_OUT)/model_%: $(MODEL_SOURCES) tests/model/engine.h \
                      tests/model/explore.h tests/model/scenarios.c \
                      $(MODEL_LOCK)/lock.h
	@mkdir -p $(@D)
	$(MODEL_CC) $(MODEL_FLAGS) $(MODEL_CODE) $(MODEL_PORT_$*) \
	    -c tests/model/scenarios.c -o $@.o
	$(MODEL_CC) $(MODEL_FLAGS) -std=gnu11 -O2 -fno-pie -DEXPLORE_PORT='"$*"' \
	    $(if $(filter awake,$*),-DEXPLORE_CLOCK_MOVES) \
	    -no-pie $(MODEL_SOURCES) $@.o -o $@
