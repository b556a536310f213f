# For accounting.case: the sums that must hold.

# check ROWS COMMAND...: runs the command; read = used + filtered + rejected must be ROWS, in all and
# by file and reason, and the rejects file must have a record for each rejected row.
check() {
	local rows=$1 status
	shift
	"$@" --rejects rejects.csv --manifest m.json -q >/dev/null
	status=$?
	awk -v rows="$rows" '
		# The numbers of "name": {"reason": 1, "other": 2}
		function sum(line, part, n, i, total) {
			sub(/^[^{]*{/, "", line)
			n = split(line, part, ", ")
			for (i = 1; i <= n; i++) {
				sub(/.*: /, "", part[i])
				total += part[i]
			}
			return total + 0
		}
		/"file":/ { n = $0; sub(/.*"rows": /, "", n); in_files += n }
		/^    "read":/ { read = $2 + 0 }
		/^    "used":/ { used = $2 + 0 }
		/^    "filtered":/ { filtered = $2 + 0 }
		/^    "rejected":/ { rejected = $2 + 0 }
		/^    "filtered_by":/ { filtered_by = sum($0) }
		/^    "rejected_by":/ { rejected_by = sum($0) }
		END {
			if (read != rows || in_files != rows || used + filtered + rejected != rows)
				print rows " rows: read " read ", in files " in_files ", used " used \
					", filtered " filtered ", rejected " rejected
			if (filtered_by != filtered || rejected_by != rejected)
				print "by reason: " filtered_by " filtered, " rejected_by " rejected"
			print rejected > "rejected"
		}' m.json
	# Bytes that are no UTF-8 are so in the rejects too.
	patron customers rejects.csv --customer reason --date line --date-format %s --amount none -q \
		--rejects again.csv --manifest r.json >/dev/null 2>&1
	grep -q "\"read\": $(cat rejected)," r.json || echo "rejects.csv has other than $(cat rejected) rows"
	return "$status"
}

# messy ROWS SEED [PARTS]
messy() {
	awk -v n="$1" -v seed="$2" -v parts="${3-}" -f data/messy.awk 2>/dev/null
}

# various ROWS SEED: several commands with several sets of options on one messy export.
various() {
	local command options
	messy "$1" "$2" >messy.csv
	for options in '' '--since 2023-01-01' '--until 2023-06-30' '--returns drop' '--returns reject' \
		'--as-of 2024-01-31 --where channel=web' '--order none --where amount>100' \
		'--where customer_id!= --since 2022-06-01 --until 2024-06-30 --returns drop'; do
		for command in 'patron customers' 'patron rfm --threads 3' 'patron rfm --amount none'; do
			# shellcheck disable=SC2086 # words
			check "$1" $command messy.csv $options || echo "exit $?: $command $options"
		done
	done
}
