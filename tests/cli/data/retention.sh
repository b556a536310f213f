# For retention.case: reports of many kinds, and the laws that their numbers keep.

# messy ROWS SEED [SHUFFLE [PARTS]]
messy() {
	awk -v n="$1" -v seed="$2" -v shuffle="${3-}" -v parts="${4-}" -f data/messy.awk 2>/dev/null
}

# reports ARGUMENT...
reports() {
	local options
	for options in '' '--definition on-or-after --by channel' '--definition full --cohort-by channel' \
		'--definition previous --period week' '--window 30 --incomplete' \
		'--brackets 0,1-7,8-30 --by note' '--overview --period day' \
		'--since 2023-01-01 --wide' '--amount none --period quarter'; do
		# shellcheck disable=SC2086 # options are words
		patron retention "$@" -q --rejects rejects.csv $options || echo "exit $?: $options"
	done
}

# tidy OPTION...: cohort, period, cohort_size, eligible, active, rate, low, high.
tidy() {
	patron retention messy.csv -q --rejects rejects.csv "$@" | tail -n +2 | cut -d, -f2-9
}

# laws ON AFTER FULL: of the same cohorts; prints how many cohorts and customers there are.
laws() {
	awk -F, '
		function broken(law) { print law ": " $0 }
		{ cell = $1 "," $2 }
		$2 == 0 && ($5 != $4 || $6 != 1) { broken("period 0 is 1") }
		$4 > 0 && !($7 <= $6 && $6 <= $8 && $7 >= 0 && $8 <= 1) { broken("interval") }
		FILENAME == "on" {
			on[cell] = $5
			if ($2 == 0 && $1 == "all") all = $3
			else if ($2 == 0) { size += $3; n++ }
		}
		FILENAME == "after" && $1 != "all" {
			if ($5 < on[cell]) broken("on-or-after < on")
			if ($2 > 0 && $5 > before) broken("on-or-after rises")
			before = $5
		}
		FILENAME == "full" && $5 > on[cell] { broken("full > on") }
		END {
			if (size != all) print "cohorts hold " size " customers, all " all
			print n, size
		}' "$@"
}

identities() {
	awk -F, '
		NR > 1 && $2 != $3 + $4 + $5 { print "active: " $0 }
		NR > 2 && before != $4 + $6 { print "active before: " $0 }
		NR > 2 && before > 0 && ($7 - $4 / before > 1e-15 || $7 + $8 != 1) { print "rates: " $0 }
		{ before = $2 }
		END { print NR - 1 }'
}
