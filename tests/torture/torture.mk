# Part of the Makefile: what shows that patron is hard to break. docs/reliability.md tells of each.

# With TORTURE=1: patron in the hands of a driver that lets its calls fail. Libraries are linked
# statically where they can be, so that theirs fail too; those of the C library itself do not.
fallible := main malloc calloc realloc posix_memalign open read write close fsync rename stat lstat \
	fstat fcntl getrandom fchmod posix_fadvise madvise iconv_open pthread_create \
	gsl_sf_psi_e gsl_sf_lnbeta_e gsl_multimin_fdfminimizer_iterate \
	gsl_multimin_fminimizer_iterate
archive_of = $(if $(filter /%,$(shell $(CC) -print-file-name=$(1:-l%=lib%.a))),$(if \
	$(filter -lm,$(1)),-lm,$(1:-l%=-l:lib%.a)),$(1))
$(BUILD)/torture: $(patsubst %.c,$(BUILD)/%.o,tests/torture/torture.c \
		tests/torture/faults.c cmd/main.c) $(BUILD)/libpatron.a
	@echo "link $@"
	$(quiet)$(LINK) $(fallible:%=-Wl,--wrap=%) -o $@ $^ \
		$(foreach library,$(LIBRARIES),$(call archive_of,$(library)))

torture:
	@tools/install-packages build optional test
	@$(again) $(jobs) TORTURE=1 all torture-program
	@tests/torture/faults build/torture/torture $(if $(TORTURE_MOST),-n $(TORTURE_MOST))

torture-program: $(BUILD)/torture

$(BUILD)/damage: $(BUILD)/tests/torture/damage.o $(BUILD)/libpatron.a
	@echo "link $@"
	$(quiet)$(LINK) -o $@ $^ $(LIBRARIES)

# All of it, within 20 minutes, and a slice of each. The last lines are a table: check, cases, failures.
hardening_here = PATRON=$(abspath $(BUILD))/patron tests/sum \
	'tests/torture/faults build/torture/torture $(1)' \
	'$(BUILD)/damage $(2)' \
	'tests/torture/interrupts $(3)' \
	'tests/torture/full-disk $(4)' \
	'tests/torture/pipes' \
	'tests/torture/changes $(5)' \
	'tests/torture/accounting $(6)' \
	'tests/torture/privacy' \
	'tests/torture/platform' \
	'tests/torture/environment' \
	'tests/torture/hardened $(BUILD)/patron $(7)' $(8)

# `hardened` looks at the builds of another compiler and without libraries too, where they can be made.
hardening:
	@tools/install-packages build optional test
	@$(again) $(jobs) TORTURE=1 all torture-program
	@$(again) $(jobs) all build/damage
	@! command -v clang >/dev/null || $(again) $(jobs) CC=clang BUILD=build/clang all
	@$(again) $(jobs) STATIC=1 all || echo 'no static build: libraries for it are not there'
	@$(call hardening_here,-n 40,,40,4,30,60,build/clang/patron build/static/patron,'tests/torture/monsters')

hardening-slice:
	@tools/install-packages build optional test
	@$(again) $(jobs) TORTURE=1 all torture-program
	@$(again) $(jobs) all build/damage
	@$(call hardening_here,-n 2,16,3,64,3,3)

torture_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/torture/*.c))
.PHONY: hardening hardening-slice torture torture-program
.SECONDARY: $(torture_objects)
-include $(torture_objects:.o=.d)
