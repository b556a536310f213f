# For the checks of tests/torture: counting, a scratch folder, and patron as `patron`.
#
#	. "$(dirname "$0")/count.sh"
#	if cmp -s a b; then ok; else not_ok "a is not b"; fi
#	close_counts
# shellcheck shell=bash

set -u
export LC_ALL=C TZ=UTC0 TERM=dumb
unset LANG LANGUAGE PATRON_SCAN

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(realpath "${PATRON:-$here/../../build/patron}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir .bin
ln -s "$program" .bin/patron
PATH=$scratch/.bin:$PATH

passed=0 failed=0 skipped=0

ok() {
	passed=$((passed + 1))
}

not_ok() {
	failed=$((failed + 1))
	[ $failed -gt 20 ] || printf 'not ok %s\n' "$*"
}

skip() {
	skipped=$((skipped + 1))
	printf 'skip %s\n' "$*"
}

# one_message FILE: it holds one line, and that is patron's.
one_message() {
	[ "$(wc -l <"$1")" = 1 ] && [[ $(<"$1") == patron* ]]
}

close_counts() {
	echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
	[ $failed = 0 ]
}
