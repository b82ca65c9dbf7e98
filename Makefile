# crmkit. make: build into build/ · make check: every test · make demo · make install PREFIX=/usr/local
BUILD   ?= build
PREFIX  ?= /usr/local
CC      ?= gcc
OPT     ?= -O2 -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wformat=2
HARDEN  ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
HARDEN_LD ?= -pie -Wl,-z,relro,-z,now,-z,noexecstack
CFLAGS  ?= $(OPT) $(HARDEN)
CPPFLAGS += -Ilib -I$(BUILD)/generated -D_GNU_SOURCE
STD     := -std=c17
LIBS    := -lcsv -lcjson -lpcre2-8 -licui18n -licuuc -lzip -lexpat -lxlsxwriter -lm -pthread

LIB_SRC  := $(filter-out %_test.c,$(wildcard lib/*/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
TOOLS    := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
BIN      := $(TOOLS:%=$(BUILD)/bin/%)
TEST_SRC := $(wildcard lib/*/*_test.c)
TESTS    := $(TEST_SRC:%.c=$(BUILD)/%)

.DELETE_ON_ERROR:
.PHONY: all tests unit clean
.SECONDARY:

all: $(BIN)
tests: $(TESTS)

$(BUILD)/libcrm.a: $(LIB_OBJ)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/cmd/%.o $(BUILD)/libcrm.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LD) -o $@ $^ $(LIBS)

$(BUILD)/lib/%_test: $(BUILD)/lib/%_test.o $(BUILD)/libcrm.a
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LD) -o $@ $^ -lcmocka $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(STD) $(WARN) $(CFLAGS) -MMD -MP -c -o $@ $<

# Data files (base/embed.h) are part of the objects of their room.
define room_data
$(filter $(BUILD)/lib/$(1)/%,$(LIB_OBJ)): $(wildcard lib/$(1)/*.json lib/$(1)/*.txt)
endef
$(foreach room,$(notdir $(wildcard lib/*)),$(eval $(call room_data,$(room))))

unit: tests
	prove $(TESTS)

clean:
	rm -rf $(BUILD)

-include $(LIB_OBJ:.o=.d) $(patsubst cmd/%.c,$(BUILD)/cmd/%.d,$(wildcard cmd/*.c)) $(TESTS:%=%.d)
