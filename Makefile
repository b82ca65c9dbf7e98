# make: build into build/ · make check: every test · make demo: the nightly pipeline on testdata/demo · make help: the rest
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
OPT     ?= -O2 -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wformat=2
HARDEN  ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
HARDEN_LD ?= -pie -Wl,-z,relro,-z,now,-z,noexecstack
CFLAGS  ?= $(OPT) $(HARDEN)
CPPFLAGS += -Ilib -I$(BUILD)/generated -D_GNU_SOURCE
STD     := -std=c17
LIBS    := -lcsv -lcjson -lpcre2-8 -licui18n -licuuc -lzip -lexpat -lfreexl -lxlsxwriter -llinear -lm -pthread
ifeq ($(origin CC),default)
CC      := gcc
endif

LIB_SRC  := $(filter-out %_test.c,$(wildcard lib/*/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
TOOLS    := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
BIN      := $(TOOLS:%=$(BUILD)/bin/%)
TESTS    := $(patsubst %.c,$(BUILD)/%,$(wildcard lib/*/*_test.c))
MAN      := $(wildcard man/*.1 man/*.7)
bash_of  = $(BUILD)/completions/bash/$(1)
zsh_of   = $(BUILD)/completions/zsh/_$(1)
fish_of  = $(BUILD)/completions/fish/$(1).fish
COMPLETIONS := $(foreach tool,$(TOOLS),$(call bash_of,$(tool)) $(call zsh_of,$(tool)) $(call fish_of,$(tool)))

.DELETE_ON_ERROR:
.PHONY: all tests unit golden documents shape faults suites check demo bench lint dev asan tsan coverage fuzz
.PHONY: man completions install uninstall setup clean help
.SECONDARY:

all: $(BUILD)/libcrm.a $(BIN)
tests: $(TESTS)

help:
	@echo 'all        build/bin/crm-* (BUILD=DIR, CC=clang, OPT="-O3 -g", HARDEN= change how)'
	@echo 'check      set up, build, and run every test; ends with "N passed, N failed"'
	@echo 'unit golden documents shape faults suites   one kind of test'
	@echo 'demo       set up, build, and run the nightly pipeline into out/'
	@echo 'bench      measure on made-up data, into build/bench.md'
	@echo 'dev asan tsan coverage   build with all warnings as errors, with sanitizers, for gcov; each in build/<name>'
	@echo 'fuzz       the readers, the values and the rules under sanitizers (clang), a minute each'
	@echo 'lint       clang-tidy, cppcheck, -fanalyzer, shellcheck'
	@echo 'man        bring the OPTIONS of man/*.1 up to date with the tools'
	@echo 'install uninstall        PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)'
	@echo 'setup clean'

# The libraries are looked for once in a build folder, so that what is missing is said in one line.
$(BUILD)/libraries: scripts/setup
	@scripts/setup --missing build
	@mkdir -p $(@D) && touch $@

$(BUILD)/libcrm.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/cmd/%.o $(BUILD)/libcrm.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LD) -o $@ $^ $(LIBS)

$(BUILD)/lib/%_test: $(BUILD)/lib/%_test.o $(BUILD)/libcrm.a
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LD) -o $@ $^ -lcmocka $(LIBS)

$(BUILD)/%.o: %.c | $(BUILD)/libraries
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(STD) $(WARN) $(CFLAGS) -MMD -MP -c -o $@ $<

# Data files (base/embed.h) are part of the objects of their room.
define room_data
$(filter $(BUILD)/lib/$(1)/%,$(LIB_OBJ)): $(wildcard lib/$(1)/*.json lib/$(1)/*.txt lib/$(1)/*/*.json)
endef
$(foreach room,$(notdir $(wildcard lib/*)),$(eval $(call room_data,$(room))))

# ---- tests ----------------------------------------------------------------------------------------------------

unit: tests
	scripts/test/unit $(TESTS)
golden documents faults suites: all
	BUILD=$(BUILD) scripts/test/$@
shape:
	scripts/test/shape
check:
	scripts/setup check
	scripts/check
demo:
	scripts/setup build
	@$(MAKE) --no-print-directory all
	BUILD=$(BUILD) scripts/demo
bench: all
	BUILD=$(BUILD) scripts/bench/run
lint: all
	scripts/lint
fuzz:
	scripts/fuzz/run
setup:
	scripts/setup check

# ---- variants, each in a folder of its own --------------------------------------------------------------------

variant = +@$(MAKE) --no-print-directory BUILD=build/$@ all tests
dev:
	$(variant) WARN='$(WARN) -Wconversion -Wcast-qual -Wwrite-strings -Wundef -Werror'
asan:
	$(variant) HARDEN= HARDEN_LD= \
		OPT='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
tsan:
	$(variant) HARDEN= HARDEN_LD= OPT='-O1 -g -fno-omit-frame-pointer -fsanitize=thread'
coverage:
	$(variant) HARDEN= HARDEN_LD= OPT='-O0 -g --coverage'

# ---- documents ------------------------------------------------------------------------------------------------

man: all
	scripts/man-options $(TOOLS:%=$(BUILD)/bin/%)
completions: $(COMPLETIONS)

define completions_of
$(call bash_of,$(1)) $(call zsh_of,$(1)) $(call fish_of,$(1)) &: $(BUILD)/bin/$(1) scripts/completions
	scripts/completions $$< $(BUILD)/completions
endef
$(foreach tool,$(TOOLS),$(eval $(call completions_of,$(tool))))

# ---- installation ---------------------------------------------------------------------------------------------

BIN_TO  = $(DESTDIR)$(PREFIX)/bin
MAN_TO  = $(DESTDIR)$(PREFIX)/share/man
BASH_TO = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSH_TO  = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISH_TO = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

install: all completions
	install -d $(BIN_TO) $(MAN_TO)/man1 $(MAN_TO)/man7 $(BASH_TO) $(ZSH_TO) $(FISH_TO)
	install -m 755 $(BIN) $(BIN_TO)
	install -m 644 $(filter %.1,$(MAN)) $(MAN_TO)/man1
	install -m 644 $(filter %.7,$(MAN)) $(MAN_TO)/man7
	install -m 644 $(foreach tool,$(TOOLS),$(call bash_of,$(tool))) $(BASH_TO)
	install -m 644 $(foreach tool,$(TOOLS),$(call zsh_of,$(tool))) $(ZSH_TO)
	install -m 644 $(foreach tool,$(TOOLS),$(call fish_of,$(tool))) $(FISH_TO)

uninstall:
	rm -f $(TOOLS:%=$(BIN_TO)/%) $(TOOLS:%=$(BASH_TO)/%) $(TOOLS:%=$(ZSH_TO)/_%) $(TOOLS:%=$(FISH_TO)/%.fish) \
		$(patsubst man/%,$(MAN_TO)/man1/%,$(filter %.1,$(MAN))) \
		$(patsubst man/%,$(MAN_TO)/man7/%,$(filter %.7,$(MAN)))

clean:
	rm -rf $(BUILD)

-include $(LIB_OBJ:.o=.d) $(TOOLS:%=$(BUILD)/cmd/%.d) $(TESTS:%=%.d)
