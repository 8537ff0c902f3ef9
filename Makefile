# dispatcher: build, test, demo. `make help` lists the targets.
#
# CC, CPPFLAGS, CFLAGS, LDFLAGS, LDLIBS and DESTDIR are the user's; what the code needs
# stands in lower-case variables before them.

CC ?= gcc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
PROTOC_C ?= protoc-c
VERSION := 0.1.0

# One tree per variant: make check SANITIZE=address,undefined
comma := ,
build := build$(if $(WERROR),/werror)$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))$(if $(filter clang%,$(CC)),/clang)
gen := $(build)/gen

packages := rdkafka hiredis libprotobuf-c jansson inih libxxhash libmicrohttpd libssl libcrypto libical
# hiredis_ssl is there from hiredis 1.0 on: TLS to Redis.
tls := $(shell pkg-config --exists hiredis_ssl 2>/dev/null && echo hiredis_ssl)

# The benchmark compares with SQLite where it is there.
sqlite := $(shell pkg-config --exists sqlite3 2>/dev/null && echo -lsqlite3)

# Asked once; a target that installs packages calls make again behind that.
library_cflags := $(shell pkg-config --cflags $(packages) $(tls) 2>/dev/null)
library_libs := $(shell pkg-config --libs $(packages) $(tls) 2>/dev/null)

warnings := -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
  -Wpointer-arith -Wwrite-strings -Wimplicit-fallthrough -Wundef -Wvla
hardening := -fstack-protector-strong -fstack-clash-protection -fPIE \
  $(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if $(filter clang%,$(CC)),2,3))
cppflags = -D_GNU_SOURCE -DDISPATCHER_VERSION='"$(VERSION)"' $(if $(tls),-DHAVE_HIREDIS_SSL) \
  $(if $(sqlite),-DHAVE_SQLITE) \
  -Iinclude -isystem $(gen) $(library_cflags)
cflags = -std=c11 -pthread $(warnings) $(hardening) $(if $(WERROR),-Werror) \
  $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ldflags = -pthread -pie -Wl,-z,relro,-z,now $(if $(SANITIZE),-fsanitize=$(SANITIZE))
ldlibs = $(library_libs) -lcsv -lz -lm
# The client library makes each record on one thread and frees it on another;
# the sanitizers bring an allocator of their own.
malloc := $(if $(SANITIZE),,-ltcmalloc_minimal)

protos := $(wildcard schemas/dispatch/v1/*.proto)
pb_c := $(protos:schemas/%.proto=$(gen)/%.pb-c.c)
pb_h := $(pb_c:.c=.h)

# All but the two mains is one archive: what a program does not use is not linked.
lib_c := $(filter-out %/main.c,$(wildcard dispatcher/*/*.c dispatcher/ctl/*/*.c))
unit_c := $(wildcard tests/unit/test_*.c)
bench_c := $(wildcard tests/bench/bench_*.c)
fuzz_c := $(wildcard tests/fuzz/fuzz_*.c)

sources := $(wildcard dispatcher/*/*.[ch] dispatcher/ctl/*/*.[ch] include/*.h tests/*/*.[ch])
tool_c := $(wildcard tests/tools/*.c)
tools := $(tool_c:tests/tools/%.c=$(build)/tools/%)

# V=1 shows the commands whole.
Q := $(if $(V),,@)
say := @echo ' '

obj = $(patsubst %.c,$(build)/obj/%.o,$(1))
lib := $(build)/libdispatcher.a
units := $(unit_c:tests/unit/%.c=$(build)/unit/%)
benches := $(bench_c:tests/bench/%.c=$(build)/bench/%)
fuzzers := $(fuzz_c:tests/fuzz/%.c=$(build)/fuzz/%)

.DELETE_ON_ERROR:
.PRECIOUS: $(build)/obj/%.o
.PHONY: all help
all: $(build)/dispatcher $(build)/dispatchctl ## Build both programs under build/

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	  awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

# ------------------------------------------------------------------------- build
$(gen)/%.pb-c.c $(gen)/%.pb-c.h &: schemas/%.proto
	@mkdir -p $(@D)
	$(say)PROTOC $<
	$(Q)$(PROTOC_C) --c_out=$(gen) -Ischemas $<

$(build)/obj/%.o: %.c | $(pb_h)
	@mkdir -p $(@D)
	$(say)CC $<
	$(Q)$(CC) $(cppflags) $(CPPFLAGS) $(cflags) $(CFLAGS) -MD -MP -c -o $@ $<

$(build)/obj/gen/%.o: $(gen)/%.c | $(pb_h)
	@mkdir -p $(@D)
	$(say)CC $<
	$(Q)$(CC) $(cppflags) $(CPPFLAGS) $(cflags) $(CFLAGS) -c -o $@ $<

$(lib): $(call obj,$(lib_c)) $(pb_c:$(gen)/%.c=$(build)/obj/gen/%.o)
	$(say)AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

link = $(Q)echo ' LD $@' && $(CC) $(ldflags) $(LDFLAGS) $(CFLAGS) -o $@ $^ $(ldlibs) $(LDLIBS)
$(build)/dispatcher: $(call obj,dispatcher/daemon/main.c) $(lib)
	$(link) $(malloc)
$(build)/dispatchctl: $(call obj,dispatcher/ctl/main.c) $(lib)
	$(link)
$(build)/unit/%: $(build)/obj/tests/unit/%.o $(lib)
	@mkdir -p $(@D)
	$(link) -lcmocka
$(build)/bench/%: $(build)/obj/tests/bench/%.o $(lib)
	@mkdir -p $(@D)
	$(link) $(sqlite) $(malloc)

$(build)/fuzz/%: $(build)/obj/tests/fuzz/%.o $(lib)
	@mkdir -p $(@D)
	$(link) -fsanitize=fuzzer
$(build)/tools/%: $(build)/obj/tests/tools/%.o $(lib)
	@mkdir -p $(@D)
	$(link)

.PHONY: tools units fuzzers
tools: $(tools)
units: $(units)
# The seeds are read, what a run learns stays under build/.
fuzzers: $(fuzzers)
	@for f in $(fuzzers); do name=$${f##*/fuzz_}; seeds=tests/fuzz/seeds/$$name; \
	  [ -d $$seeds ] || seeds=; mkdir -p build/fuzz/found build/fuzz/$$name; echo "== $$f"; \
	  $$f -max_total_time=$(or $(SECONDS),10) -artifact_prefix=build/fuzz/found/ \
	    -verbosity=0 build/fuzz/$$name $$seeds || exit 1; done

install: all ## Install under $(PREFIX)
	install -D -m 755 $(build)/dispatcher $(DESTDIR)$(PREFIX)/bin/dispatcher
	install -D -m 755 $(build)/dispatchctl $(DESTDIR)$(PREFIX)/bin/dispatchctl

uninstall: ## Remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/dispatcher $(DESTDIR)$(PREFIX)/bin/dispatchctl

clean: ## Remove build/
	rm -rf build

# ------------------------------------------------------------------------- tests
# Each target installs what it needs and is the only command to type.
setup = @tests/env/setup.sh
parallel = @$(MAKE) --no-print-directory -j$$(nproc)
KAFKA_VERSION ?= 4.1.1
venv := build/venv
pytest = $(venv)/bin/python -m pytest -q -c tests/pytest.ini

.PHONY: check test demo bench lint fuzz bare-test image-test soak install uninstall clean
check: $(units) ## Unit tests alone, in a second or two
	@for t in $(units); do $$t || exit 1; done

test: ## Everything: unit tests, integration tests on real brokers and Redis
	$(setup) build run test
	$(parallel) all check tools
	@tests/env/kafka-jars.sh && tests/env/venv.sh
	$(pytest) $(PYTEST_FLAGS) tests

soak: ## The long forms of some tests: an hour or more
	$(setup) build run test
	$(parallel) all tools $(build)/unit/test_match_naive
	@tests/env/kafka-jars.sh && tests/env/venv.sh
	SOAK=1 $(build)/unit/test_match_naive
	SOAK=1 $(pytest) -n0 -s -v -m soak $(PYTEST_FLAGS) tests

demo: ## New York's day and Beijing's tickets, end to end
	$(setup) build run
	$(parallel) all
	@[ -n '$(KAFKA)' ] || tests/env/kafka-jars.sh $(KAFKA_VERSION)
	@KAFKA='$(KAFKA)' REDIS='$(REDIS)' KEEP='$(KEEP)' python3 examples/demo.py

bench: ## Measure; QUICK=1 for a short form
	$(setup) build run test bench
	$(parallel) all tools $(benches)
	@tests/env/kafka-jars.sh && tests/env/venv.sh
	@for b in $(benches); do echo "== $$b"; $$b $(if $(QUICK),--quick) || exit 1; done
	@for b in throughput restore timers; do $(venv)/bin/python \
	    tests/bench/$$b.py $(if $(QUICK),--quick) || exit 1; done

lint: ## Formatting, warnings as errors with gcc and clang, shell scripts
	$(setup) build lint
	@clang-format --dry-run -Werror $(sources)
	$(parallel) WERROR=1 CC=gcc all units tools
	$(parallel) WERROR=1 CC=clang all units tools
	shellcheck tests/env/*.sh .ci/run

fuzz: ## Every input surface under libFuzzer; SECONDS=n each
	$(setup) build lint
	$(parallel) CC=clang SANITIZE=address,undefined,fuzzer-no-link fuzzers

image-test: ## Build the image, start it, test in it (as root)
	$(setup) image
	@tests/env/image-test.sh

bare-test: ## demo and test on bare Debian 12 and 13 (as root)
	$(setup) bare
	@tests/env/bare-test.sh

-include $(shell find $(build)/obj -name '*.d' 2>/dev/null)
