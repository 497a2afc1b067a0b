# The ports for real-time systems, on the kernels that they are for. Included by
# the Makefile.

.PHONY: rtos rtos-setup rtos-table

## rtos: try each port on its kernel; KERNELS=DIR has the kernels' sources
rtos:
	@CC='$(CC)' KERNELS='$(KERNELS)' tests/rtos/run.sh

## rtos-setup: install what that needs (Debian)
rtos-setup:
	@tests/rtos/setup.sh

## rtos-table: print what a lock costs beside the mutex and the semaphore of FreeRTOS
rtos-table:
	@mkdir -p $(B)/rtos-table
	@CC='$(CC)' KERNELS='$(KERNELS)' B='$(abspath $(B))/rtos-table' \
	    tests/rtos/freertos/run.sh table examples/firmware/ports
