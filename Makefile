# patron: see README.md for the two commands, CONTRIBUTING.md for the house.

BUILD := build
CC ?= gcc
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
CFLAGS ?= -O2 -g
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -I. $(WARNINGS) -ffp-contract=off -pthread -MMD -MP $(CFLAGS)
LIBS := -lcsv -lgsl -lgslcblas -lz -lutf8proc -lm -pthread

SOURCES := $(wildcard base/*.c io/*.c analytics/*.c) $(filter-out cmd/main.c,$(wildcard cmd/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))

all: $(BUILD)/patron

$(BUILD)/patron: $(BUILD)/cmd/main.o $(BUILD)/libpatron.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libpatron.a: $(OBJECTS)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libpatron.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $< $(BUILD)/libpatron.a $(LIBS) -lcmocka

units: $(UNITS)
	@for unit in $(UNITS); do $$unit || exit 1; done

clean:
	rm -rf $(BUILD)

.PHONY: all units clean
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
