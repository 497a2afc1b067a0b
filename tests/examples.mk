# What examples/ has to copy: condition.h and coroutine.hpp.

CONDITION = examples/condition.h
PORTS_OF_CONDITION = linux c11 pthread
SUITES += $(addprefix $(B)/tests/condition_,script $(PORTS_OF_CONDITION))
MODELS := $(MODELS) $(MODELS:$(MODEL_OUT)/model_%=$(MODEL_OUT)/model_condition_%)
TORTURES += $(addprefix $(B)/tests/torture_condition_,$(PORTS_OF_CONDITION))

$(B)/tests/condition_script $(B)/tests/plain_condition_script \
$(B)/examples/bounded_queue: $(CONDITION)
$(foreach p,$(PORTS_OF_CONDITION),\
    $(B)/tests/condition_$p $(B)/tests/plain_condition_$p): \
    tests/condition.c $(CONDITION)

$(B)/tests/torture_condition_%: tests/torture_condition.c $(HEADERS) \
                                $(CONDITION) $(B)/flags
	$(CC) $(TEST_FLAGS) $(LDFLAGS) $< \
	    -DTHREAD_LOCK_PORT_$(shell echo $* | tr a-z A-Z) \
	    $(if $(findstring thread,$(SAN)),tests/c11_on_pthread.c) -o $@

$(MODEL_OUT)/model_condition_%: $(MODEL_SOURCES) tests/model/engine.h \
                                tests/model/explore.h tests/model/condition.c \
                                $(MODEL_LOCK)/lock.h \
                                $(MODEL_LOCK)/$(CONDITION)
	@mkdir -p $(@D)
	$(MODEL_CC) $(MODEL_FLAGS) $(MODEL_CODE) $(MODEL_PORT_$*) \
	    -c tests/model/condition.c -o $@.o
	$(MODEL_CC) $(MODEL_FLAGS) -std=gnu11 -O2 -fno-pie \
	    -DEXPLORE_PORT='"condition_$*"' -no-pie $(MODEL_SOURCES) $@.o -o $@

## check-model-condition: run small scenarios of condition.h in every order
.PHONY: check-model-condition
check-model: check-model-condition
check-model-condition: $(MODEL_OUT)/model_condition_linux \
                       $(MODEL_OUT)/model_condition_c11
	$(MODEL_OUT)/model_condition_linux $(MODEL_ARGS)
	$(MODEL_OUT)/model_condition_c11 $(MODEL_ARGS)

## condition: compile condition.h in every way, and break it in many
.PHONY: condition
condition:
	@tests/run.sh tests/compile/condition.sh tests/condition_broken.sh

## coroutine: co_await both locks, with each C++ compiler and with sanitizers
.PHONY: coroutine
coroutine:
	@tests/run.sh tests/coroutine.sh
