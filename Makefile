# patron: `make demo` shows it at work, `make check` tests it; CONTRIBUTING.md tells the rest.
#
#	make                      builds build/patron
#	make V=1                  shows whole command lines
#	make CC=clang WERROR=1    another compiler; warnings are errors
#	make SAN=1 ...            with address and undefined-behaviour sanitizers, in build/san
#	make TSAN=1 ...           with the thread sanitizer, in build/tsan
#	make valgrind             the unit programs in valgrind
#	make hardening            lets everything around it fail: calls, files, disks, pipes
#	make coverage             runs the tests and says which lines they did not run
#	make ISAL=0 ZSTD=0 XLSX=0 ...  without an optional library, in build/no-isal, ...

VERSION := 0.1.0
PREFIX ?= /usr/local
# Data sets and what established implementations compute on them; not part of the project.
REFERENCE ?= ../shared/reference/open
# How long `make fuzz` runs each target.
FUZZ_SECONDS ?= 10
ifeq ($(origin CC),default)
CC := gcc
endif

# Every variant has a build folder of its own, so that none disturbs another.
empty :=
variant := $(if $(STATIC),static) $(if $(TORTURE),torture) $(if $(SAN),san) $(if $(TSAN),tsan) $(if $(FUZZ),fuzz) $(if $(COVERAGE),coverage)
variant += $(if $(filter 0,$(ISAL)),no-isal) $(if $(filter 0,$(ZSTD)),no-zstd) $(if $(filter 0,$(XLSX)),no-xlsx)
BUILD ?= build$(addprefix /,$(subst $(empty) ,-,$(strip $(variant))))

# Debian has no static ISA-L and libxlsxwriter: zlib inflates, and there is no xlsx.
ifdef STATIC
ISAL ?= 0
XLSX ?= 0
endif

# ---- compiler and flags ------------------------------------------------------------------------

CFLAGS ?= $(if $(COVERAGE),-O0,-O2) -g
# -ffp-contract=off: the same digits on every processor, with or without fused multiply-add.
language := -std=c11 -D_GNU_SOURCE $(if $(STATIC),-DPATRON_STATIC) -DPATRON_VERSION=\"$(VERSION)\" -I. -ffp-contract=off -pthread
warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes $(if $(WERROR),-Werror)

instruments := $(if $(SAN)$(FUZZ)$(TORTURE),-fsanitize=address -fsanitize=undefined) \
	$(if $(TSAN),-fsanitize=thread) $(if $(FUZZ),-fsanitize=fuzzer-no-link)
ifneq ($(strip $(instruments)),)
guards := $(instruments) -fno-sanitize-recover=all -fno-omit-frame-pointer
else
guards := -fstack-protector-strong -fPIE $(if $(COVERAGE),--coverage)
link_guards := $(if $(STATIC),-static-pie,-pie) $(if $(filter Darwin,$(shell uname)),,-Wl,-z,relro,-z,now,--as-needed)
# glibc warns about _FORTIFY_SOURCE where nothing is optimised.
ifneq ($(filter -O1 -O2 -O3 -Os,$(CFLAGS)),)
guards += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
endif

.DEFAULT_GOAL := all

# Which libraries there are is found out once, and again when the system's packages change. Goals
# that install packages first, or compile nothing, go without.
ifneq ($(filter-out check check-browser check-office clean coverage demo format fuzz hardening hardening-slice lint torture,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/libraries.mk
endif
packages_changed := $(wildcard /var/lib/dpkg/status /var/lib/rpm/rpmdb.sqlite \
	/var/lib/pacman/local /lib/apk/db/installed /opt/homebrew/Cellar /usr/local/Cellar)
$(BUILD)/libraries.mk: tools/find-libraries tools/packages $(packages_changed)
	@mkdir -p $(@D)
	@CC='$(CC)' tools/find-libraries > $@.new
	@mv $@.new $@

COMPILE := $(CC) $(language) $(warnings) $(guards) $(LIBRARY_FLAGS) $(CFLAGS) $(CPPFLAGS)
LINK := $(CC) $(guards) $(link_guards) -pthread $(CFLAGS) $(LDFLAGS)
quiet := $(if $(V),,@)

# ---- the program -------------------------------------------------------------------------------

sources := $(wildcard base/*.c io/*.c analytics/*.c) $(filter-out cmd/main.c,$(wildcard cmd/*.c))
objects := $(sources:%.c=$(BUILD)/%.o)

all: $(BUILD)/patron

$(BUILD)/patron: $(BUILD)/cmd/main.o $(BUILD)/libpatron.a
	@echo "link $@"
	$(quiet)$(LINK) -o $@ $^ $(LIBRARIES)

# All but main, so that tests link with it too.
$(BUILD)/libpatron.a: $(objects) $(BUILD)/sources
	$(quiet)rm -f $@ && ar rcs $@ $(objects)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "compile $<"
	$(quiet)$(COMPILE) -MMD -MP -c -o $@ $<

# Files that change only when what they hold does: other flags compile everything again, a source
# that came or went makes the library again.
$(BUILD)/flags: words = $(COMPILE) $(LINK)
$(BUILD)/sources: words = $(sources)
$(BUILD)/flags $(BUILD)/sources: always
	@mkdir -p $(@D)
	@printf '%s\n' '$(words)' | cmp -s - $@ || printf '%s\n' '$(words)' > $@

# On a fresh machine the packages come first, and only then can libraries be found: hence the second
# make.
again := $(MAKE) --no-print-directory
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

demo:
	@tools/install-packages build optional
	@$(again) $(jobs) all
	@echo
	$(BUILD)/patron rfm sample-data/*.csv.gz --summary --format text
	@echo
	$(BUILD)/patron rfm sample-data/*.csv.gz --top 10 --by monetary --format text

# ---- tests -------------------------------------------------------------------------------------

unit_programs := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
replay_programs := $(patsubst tests/fuzz/%.c,$(BUILD)/replay/%,$(wildcard tests/fuzz/*.c))
fuzz_programs := $(patsubst tests/fuzz/%.c,$(BUILD)/search/%,$(wildcard tests/fuzz/*.c))

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libpatron.a
	@mkdir -p $(@D)
	@echo "link $@"
	$(quiet)$(LINK) -o $@ $^ $(LIBRARIES) $(or $(CMOCKA),$(error $(CMOCKA_MISSING)))

# What the targets that run whole commands need: patron with a main of another name.
whole_objects := $(patsubst %,$(BUILD)/tests/%.o,patron_main patron_run random_options random_table table_form whole_run)
$(BUILD)/libwhole.a: $(whole_objects)
	$(quiet)rm -f $@ && ar rcs $@ $^

$(BUILD)/tests/patron_main.o: cmd/main.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "compile $< as patron_main"
	$(quiet)$(COMPILE) -Dmain=patron_main -Wno-missing-prototypes -MMD -MP -c -o $@ $<

$(BUILD)/replay/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/replay.o $(BUILD)/libwhole.a $(BUILD)/libpatron.a
	@mkdir -p $(@D)
	@echo "link $@"
	$(quiet)$(LINK) -o $@ $^ $(LIBRARIES)

# Searches run whole commands thousands of times in one process: tests/patron_run.c.
$(BUILD)/libmarked.a: $(objects) $(BUILD)/tests/patron_main.o $(BUILD)/sources
	$(quiet)rm -f $@ && ar rcs $@ $(objects) $(BUILD)/tests/patron_main.o
	$(quiet)objcopy --rename-section .data=patron_data --rename-section .bss=patron_bss $@

wrapped := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=posix_memalign

$(BUILD)/search/%: $(BUILD)/tests/fuzz/%.o $(filter-out %/patron_main.o,$(whole_objects)) $(BUILD)/libmarked.a
	@mkdir -p $(@D)
	@echo "link $@"
	$(quiet)$(LINK) -fsanitize=fuzzer $(wrapped) -o $@ $^ $(LIBRARIES)

with := PATRON=$(abspath $(BUILD))/patron REFERENCE='$(REFERENCE)'
units = $(if $(TSAN)$(COVERAGE),UNIT_SECONDS=900) tests/units $(unit_programs)
replay = tests/fuzzers replay $(replay_programs)

check:
	@tools/install-packages build optional test
	@$(again) $(jobs) all tests
	@$(with) tests/sum tests/runners '$(units)' '$(replay)' tests/run tests/check-xlsx \
		tests/check-completions tests/check-recipes tests/check-reference \
		'! command -v python3 >/dev/null || tests/torture/accounting 3'

tests: $(unit_programs) $(replay_programs)

units: $(unit_programs)
	@$(units)

# memcheck over the unit programs, but for those that would take it longer than half an hour, and one that
# holds sums against long double, of which valgrind keeps 53 bits of 64.
not_in_valgrind := ltv_stress exact_sum
memcheck := valgrind -q --suppressions=tests/valgrind.supp --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible
valgrind: $(filter-out $(not_in_valgrind:%=$(BUILD)/unit/%),$(unit_programs))
	@command -v valgrind >/dev/null || { echo 'valgrind is not installed' && exit 1; }
	@echo "not in valgrind: $(not_in_valgrind)"
	@UNIT_SECONDS=1800 UNIT_UNDER='$(memcheck)' tests/units $^

replay: $(replay_programs)
	@$(replay)

check-cases: all
	@$(with) tests/run

check-reference: all
	@$(with) tests/check-reference

# In a browser, which is not needed by check.
check-browser:
	@tools/install-packages build optional browser
	@$(again) $(jobs) all
	@PATRON=$(abspath $(BUILD))/patron tests/browser

# Workbooks in LibreOffice, which is large: not a part of check.
check-office:
	@tools/install-packages build optional office
	@$(again) $(jobs) all
	@$(with) tests/office/convert

include tests/torture/torture.mk

# Where no clang with libFuzzer can be had, the corpus alone.
fuzz:
	@tools/install-packages build optional fuzz || true
	@if [ -z "$$(tools/find-libraries --missing fuzz)" ]; then \
		$(again) $(jobs) FUZZ=1 CC=clang search; \
	else \
		$(again) $(jobs) SAN=1 replay; \
	fi

search: $(fuzz_programs)
	@tests/fuzzers search $(FUZZ_SECONDS) $(fuzz_programs)

# A test that fails here may fail for being slow; `make check` judges. GCOV_ERROR_FILE: nothing of gcov's
# among the messages that cases expect.
coverage:
	@tools/install-packages build optional test
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(again) $(jobs) COVERAGE=1 all tests build/coverage/damage
	-@GCOV_ERROR_FILE=/dev/null $(again) --keep-going COVERAGE=1 units replay check-cases check-reference
	-@PATRON=build/coverage/patron tests/check-xlsx
	-@build/coverage/damage 64
	@tests/coverage build/coverage

lint:
	@tools/install-packages build optional lint
	@$(again) lint-here

lint-here:
	@DEFINES="$(filter -D% -I%,$(language) $(LIBRARY_FLAGS))" tools/lint

# clang-tidy takes longer than the compiler; it looks again at what would be compiled again.
tidy: $(patsubst %.c,$(BUILD)/tidy/%,$(sources) cmd/main.c)

$(BUILD)/tidy/%: %.c $(BUILD)/%.o .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- $(language) $(LIBRARY_FLAGS) 2>&1 && touch $@

# Likewise gcc's own analysis: null pointers, leaks, memory freed twice, along paths through a file. -O1
# joins the small functions, without which it takes null to come back where none can.
analyze: $(patsubst %.c,$(BUILD)/analyze/%,$(sources) cmd/main.c)

$(BUILD)/analyze/%: %.c $(BUILD)/%.o
	@mkdir -p $(@D)
	@gcc $(language) $(LIBRARY_FLAGS) -O1 -fanalyzer -fdiagnostics-path-format=none -Werror -S -o /dev/null $< && touch $@

format:
	clang-format -i $(wildcard */*.[ch] tests/*/*.[ch])

# ---- installation ------------------------------------------------------------------------------

# Every table of options is in the program; so are its manual page and its completions.
$(BUILD)/patron.1: $(BUILD)/patron
	$(quiet)$< help --man > $@.new && mv $@.new $@

$(BUILD)/completions.%: $(BUILD)/patron
	$(quiet)$< completions $* > $@.new && mv $@.new $@

# What is installed, below $(DESTDIR)$(PREFIX).
bash_completion := share/bash-completion/completions/patron
fish_completion := share/fish/vendor_completions.d/patron.fish
zsh_completion := share/zsh/site-functions/_patron
completions := $(addprefix $(BUILD)/completions.,bash fish zsh)

install: all $(BUILD)/patron.1 $(completions)
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin share/man/man1 share/doc/patron \
		$(dir $(bash_completion) $(fish_completion) $(zsh_completion)))
	install -m 755 $(BUILD)/patron $(DESTDIR)$(PREFIX)/bin/patron
	install -m 644 $(BUILD)/patron.1 $(DESTDIR)$(PREFIX)/share/man/man1/patron.1
	install -m 644 LICENSE README.md NEWS.md $(DESTDIR)$(PREFIX)/share/doc/patron
	install -m 644 $(BUILD)/completions.bash $(DESTDIR)$(PREFIX)/$(bash_completion)
	install -m 644 $(BUILD)/completions.fish $(DESTDIR)$(PREFIX)/$(fish_completion)
	install -m 644 $(BUILD)/completions.zsh $(DESTDIR)$(PREFIX)/$(zsh_completion)

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/patron share/man/man1/patron.1 \
		$(bash_completion) $(fish_completion) $(zsh_completion))
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/patron

# ---- speed -------------------------------------------------------------------------------------

bench: all
	@bench/run $(BENCH_ROWS) $(BENCH_REPEATS)

bench_programs := $(patsubst bench/%.c,$(BUILD)/bench-programs/%,$(wildcard bench/*.c))
bench-programs: $(bench_programs)

$(BUILD)/bench-programs/%: $(BUILD)/bench/%.o $(BUILD)/libpatron.a
	@mkdir -p $(@D)
	@echo "link $@"
	$(quiet)$(LINK) -o $@ $^ $(LIBRARIES)

clean:
	rm -rf build

.PHONY: all always analyze bench bench-programs check check-browser check-cases check-office check-reference clean coverage demo \
	format fuzz install lint lint-here replay search tests tidy uninstall units valgrind
test_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/*.c tests/unit/*.c tests/fuzz/*.c bench/*.c)) \
	$(BUILD)/tests/patron_main.o
.SECONDARY: $(test_objects) $(completions)
-include $(patsubst %.o,%.d,$(BUILD)/cmd/main.o $(objects) $(test_objects))
