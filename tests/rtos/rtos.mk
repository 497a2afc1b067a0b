# The ports for real-time systems, on the kernels that they are for. Included by
# the Makefile.

.PHONY: rtos rtos-setup rtos-table

## rtos: try each port on its kernel; KERNELS=DIR has the kernels' sources
rtos:
	@CC='$(CC)' KERNELS='$(KERNELS)' tests/rtos/run.sh

## rtos-setup: install what that needs (Debian)
rtos-setup:
	@tests/rtos/setup.sh
