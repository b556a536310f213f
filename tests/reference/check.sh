#!/bin/bash
# patron check against what sort, uniq and awk count in CDNOW.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export LC_ALL=C

"$PATRON" check "$REFERENCE/data/cdnow_master.csv.gz" -q >ours.csv
gzip -dc "$REFERENCE/data/cdnow_master.csv.gz" | tr -d '"\r' | tail -n +2 >rows.csv

# agrees TOPIC,ITEM EXPECTED: the count.
agrees() {
	local count
	count=$(grep "^$1," ours.csv | cut -d, -f3)
	if [ "$count" = "$2" ]; then
		echo "ok cdnow_master.${1// /_}"
	else
		echo "not ok cdnow_master.${1// /_}: $count, not $2"
	fi
}

agrees 'rows,read' "$(awk 'END { print NR }' rows.csv)"
agrees 'customers,with a purchase' "$(cut -d, -f1 rows.csv | sort -u | awk 'END { print NR }')"
agrees 'days,with rows' "$(cut -d, -f2 rows.csv | sort -u | awk 'END { print NR }')"
agrees 'days,first' "$(cut -d, -f2 rows.csv | sort | uniq -c | awk 'NR == 1 { print $1 }')"
agrees 'days,last' "$(cut -d, -f2 rows.csv | sort | uniq -c | awk 'END { print $1 }')"
agrees 'duplicates,repeated rows' "$(sort rows.csv | uniq -c | awk '{ n += $1 - 1 } END { print n + 0 }')"
