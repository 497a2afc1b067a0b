# Other systems, processors and compilers. Included by the Makefile.

.PHONY: platforms platforms-setup platforms-setup-ci footprint

## platforms: try the headers on every system, processor and compiler whose tools are installed
platforms:
	@tests/platform/platforms.sh

## platforms-setup: install those tools (Debian, 4 GB)
platforms-setup:
	@tests/platform/setup.sh

## platforms-setup-ci: install the cheap ones
platforms-setup-ci:
	@tests/platform/setup.sh ci

## footprint: print a table of code and memory needed
footprint:
	@tests/platform/footprint.sh

# The custom port is FreeRTOS's, for which these stand in; `make rtos` has the
# kernel. `private`: what the suite is made from is not built with it.
$(B)/tests/thread_custom $(B)/tests/plain_thread_custom: private CPPFLAGS += -Itests/platform/freertos
$(B)/tests/thread_custom $(B)/tests/plain_thread_custom: $(wildcard tests/platform/freertos/*.h)
