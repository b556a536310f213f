#!/bin/bash
# patron retention against cohorts computed with pandas on CDNOW's master data, every cell, and
# against the figures of the 1/10 sample that were counted independently (NUMBERS.md).
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

# expect NAME EXPECTED ACTUAL
expect() {
	if [ "$3" = "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1: $3, expected $2"
	fi
}

# ---- the master ----

# cohort_long.csv has cohort, month_index, active, revenue, rows, cohort_size, retention.
"$PATRON" retention -q "$REFERENCE/data/cdnow_master.csv.gz" >ours.csv
awk -F, '
	function cents(v) { return sprintf("%.0f", v * 100) }
	function far(a, b) { return a - b > 1e-9 * b || b - a > 1e-9 * b }
	FNR == 1 { next }
	NR == FNR { cell = $1 "," $2; active[cell] = $3; revenue[cell] = cents($4); size[cell] = $6; rate[cell] = $7; n++; next }
	$2 == "all" { next }
	{
		cell = $2 "," $3
		wrong_active += active[cell] != $6
		wrong_size += size[cell] != $4 || $5 != $4
		wrong_revenue += revenue[cell] != cents($10)
		wrong_rate += far(rate[cell], $7)
		n--
	}
	END {
		print "active", wrong_active + 0
		print "cohort_size", wrong_size + 0
		print "revenue", wrong_revenue + 0
		print "rate", wrong_rate + 0
		print "number_of_cells", n + 0
	}' "$REFERENCE/golden/cdnow_master_cohort/cohort_long.csv" ours.csv | while read -r what n_wrong; do
	if [ "$n_wrong" = 0 ]; then
		echo "ok cdnow_master.$what"
	else
		echo "not ok cdnow_master.$what: of $n_wrong cells"
	fi
done

# ---- the sample ----

# sample OPTION...: the report.
sample() {
	"$PATRON" retention -q "$REFERENCE/data/cdnow_sample.csv.gz" --customer customer_id "$@"
}

# active COHORT PERIOD... of standard input, 0 to 12 for "months".
active() {
	awk -F, -v cohort="$1" -v wanted="${*:2}" '
		BEGIN { n = split(wanted, period, " ") }
		$2 == cohort { active[$3] = $6 }
		END { for (i = 1; i <= n; i++) printf "%s%s", (i > 1 ? " " : ""), active[period[i]] }'
}

sample >on.csv
months=$(seq -s ' ' 0 12)
# shellcheck disable=SC2086 # numbers are words
{
	expect months.1997-01 '781 124 95 70 65 77 65 53 52 45 62 59 45' "$(active 1997-01 $months <on.csv)"
	expect months.1997-02 '857 134 110 75 77 75 61 61 74 70 59 57 59' "$(active 1997-02 $months <on.csv)"
	expect months.1997-03 '719 87 84 78 63 64 55 57 73 65 47 51 78' "$(active 1997-03 $months <on.csv)"
}

sample --definition on-or-after >after.csv
expect on-or-after.1997-01 '355 300 157' "$(active 1997-01 1 3 12 <after.csv)"
expect on-or-after.1997-02 '378 318 173' "$(active 1997-02 1 3 12 <after.csv)"
expect on-or-after.1997-03 '333 297 131' "$(active 1997-03 1 3 12 <after.csv)"

sample --window 30 >window.csv
expect windows '2357 322 228 208' "$(active all 0 1 2 3 <window.csv)"
expect windows.eligible '2357 2357 2357' "$(awk -F, '$2 == "all" && $3 >= 1 && $3 <= 3 { print $5 }' window.csv | paste -sd ' ')"

expect exactly_day '29 25 14' "$(sample --brackets 1,7,30 | active all 1 7 30)"
expect within_days '29 145 410' "$(for days in 1-1 1-7 1-30; do
	sample --brackets "$days" | active all "${days/1-1/1}"
	echo
done | paste -sd ' ')"
expect on_or_after_day '1139 1111 1023' "$(sample --window 1 --definition on-or-after | active all 1 7 30)"

# columns 2 to 6 of a month: active, new, retained, reactivated, lost
sample --overview >overview.csv
expect overview.1997-03 '948,719,168,61,813' "$(sed -n 's/^1997-03,//p' overview.csv | cut -d, -f1-5)"
expect overview.1998-06 '138,0,41,97,93' "$(sed -n 's/^1998-06,//p' overview.csv | cut -d, -f1-5)"
# What contracts call retention, (active - new) / active before, exceeds 1 at most so far.
expect overview.contract_formula 1.344 "$(awk -F, '
	NR > 2 && ($2 - $3) / before > most { most = ($2 - $3) / before; month = $1 }
	{ before = $2 }
	END { if (month == "1998-03") printf "%.3f", most }' overview.csv)"
