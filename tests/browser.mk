# The web page of examples/browser. Included by the Makefile.

.PHONY: browser browser-test browser-broken browser-pictures

## browser: build a web page that shares a lock with threads (emscripten)
browser:
	@tests/browser/setup.sh
	@CFLAGS='$(CFLAGS)' tests/browser/build.sh
	@echo 'Now: node $(B)/browser/page/serve.js'

## browser-test: use the page in headless Chromium
browser-test:
	@tests/browser/setup.sh test
	@CFLAGS='$(CFLAGS)' tests/run.sh tests/browser/browser.sh

## browser-broken: break the page in many ways, and see that its test notices
browser-broken:
	@tests/browser/setup.sh test
	@tests/run.sh tests/browser/broken.sh

## browser-pictures: photograph the page for docs
browser-pictures:
	@tests/browser/setup.sh test
	@PICTURES=docs tests/browser/browser.sh
