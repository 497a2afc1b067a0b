# C++: its interface, and the suites in C against bodies that C++ compiled. They
# need g++ 12 or a clang++ with its library, because <stdatomic.h> is C++23's;
# without one, they are left out.

ifeq ($(origin CXX),default)
CXX = $(if $(findstring clang,$(CC)),clang++,g++)
endif
CXX_PORTS := $(shell $(CXX) -std=c++2b -include stdatomic.h -x c++ \
                 -fsyntax-only /dev/null 2>/dev/null && echo linux c11 pthread)
CXX_SUITES = $(if $(CXX_PORTS),$(B)/tests/cxx17 $(B)/tests/cxx11) \
             $(CXX_PORTS:%=$(B)/tests/cxx_%)
CXX_TORTURES = $(CXX_PORTS:%=$(B)/tests/torture_cxx_%)
CXX_FLAGS = $(filter-out -std=% -Wstrict-prototypes,$(TEST_FLAGS)) $(LDFLAGS)
CXX_DEPS = $(HEADERS) $(wildcard tests/*.h) $(B)/flags

# A C++ compiler links both, because it knows what its sanitizers need.
CXX_LINK = $(CXX) $(TEST_FLAGS) $(LDFLAGS) -DCXX -x c $< \
    $(if $(findstring thread,$(SAN)),-x c tests/c11_on_pthread.c) -x none \
    $@.o -lstdc++ -o $@

# Not on Criterion, because that needs exceptions.
$(B)/tests/cxx17: tests/cxx.cpp $(CXX_DEPS)
	$(CXX) $(CXX_FLAGS) -DPLAIN -std=c++17 $< -o $@

$(B)/tests/cxx11: tests/cxx.cpp $(CXX_DEPS)
	$(CXX) $(CXX_FLAGS) -DPLAIN -std=c++11 -fno-exceptions $< -o $@

$(B)/tests/cxx_%: tests/thread_%.c tests/bodies.cc $(CXX_DEPS)
	$(CXX) $(CXX_FLAGS) -std=c++2b -DCXX -DPORT='"port_$*.h"' \
	    -c tests/bodies.cc -o $@.o
	$(CXX_LINK) $(TEST_LIBS)

$(B)/tests/torture_cxx_%: TORTURED = \
    -DTHREAD_LOCK_PORT_$(shell echo $* | tr a-z A-Z)
$(B)/tests/torture_cxx_%: tests/torture.c tests/bodies.cc $(CXX_DEPS)
	$(CXX) $(CXX_FLAGS) $(TORTURED) -std=c++2b -DCXX -DPORT='"lock.h"' \
	    -DTHREAD_LOCK_STATIC -c tests/bodies.cc -o $@.o
	$(CXX_LINK) $(TORTURED)

## cxx: torture the bodies that C++ compiled, for SECONDS each, also under ThreadSanitizer
.PHONY: cxx
cxx:
	@$(MAKE) --no-print-directory torture TORTURES='$(CXX_TORTURES)'
	@$(MAKE) --no-print-directory torture SAN=thread B=$(B)/tsan \
	    TORTURES='$(CXX_TORTURES:$(B)/%=$(B)/tsan/%)'
