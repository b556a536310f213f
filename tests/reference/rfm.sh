#!/bin/bash
# patron rfm against the R package rfm 0.3.0, every customer, on its two data sets and on CDNOW's.
#
# The package adds 1 to each type-7 quantile and scores lower <= value < upper; on whole numbers that
# is value <= ceil(upper) - 1, which --r-cuts and its like can say.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

rfm() {
	"$PATRON" rfm -q "$@"
}

golden() {
	gzip -dc "$REFERENCE/golden/$1/rfm_table.csv.gz" | tr -d '"'
}

# uppers FOLDER MEASURE: the package's cut points, the quantile + 1.
uppers() {
	sed -n "s/^ *\"$2_upper\": \([0-9.]*\).*/\1/p" "$REFERENCE/golden/$1/rfm.json" | head -4
}

# whole_cuts FOLDER MEASURE: the same as whole numbers that a value may reach, joined by commas.
whole_cuts() {
	uppers "$1" "$2" | awk '{ c = int($1); if (c < $1) c++; printf "%s%d", (NR > 1 ? "," : ""), c - 1 }'
}

# same_cuts FOLDER CUTS: patron's cuts are the package's less 1.
same_cuts() {
	local measure
	for measure in recency frequency monetary; do
		diff <(uppers "$1" "$measure" | awk '{ printf "%.9g\n", $1 - 1 }') \
			<(awk -F, -v m="$measure" '$1 == m { printf "%.9g\n", $4 }' "$2")
	done
}

cuts_are() {
	diff <(printf '%s\n' "${@:2}") <(awk -F, 'NR > 1 { print substr($1, 1, 1), $4 }' "$1" |
		awk '{ c[$1] = c[$1] " " $2 } END { print "r" c["r"]; print "f" c["f"]; print "m" c["m"] }')
}

# same_table GOLDEN OURS COLUMNS: the two agree in the first so many of customer, recency,
# frequency, monetary (to the cent) and the three scores.
same_table() {
	awk -F, -v n="$3" '
		function cents(v) { return sprintf("%.0f", v * 100) }
		FNR == 1 { next }
		NR == FNR { theirs[$1] = $2 " " $3 " " cents($4) (n > 4 ? " " $5 " " $6 " " $7 : ""); left++; next }
		{
			ours = $3 " " $4 " " cents($5) (n > 4 ? " " $6 " " $7 " " $8 : "")
			if (theirs[$1] != ours)
				print $1 ": " theirs[$1] ", not " ours
			delete theirs[$1]
			left--
		}
		END { if (left != 0) print left " customers more or fewer" }' "$1" "$2"
}

segments_are() {
	diff <(printf '%s\n' "${@:2}") <(awk -F, 'NR > 1 && $2 > 0 { print $2, $7 + 0 }' "$1")
}

# The package's segments, the first match wins.
cat >package.csv <<'EOF'
segment,r,f,m
Champions,5,5,5
Potential Loyalist,3-5,3-5,2-5
Loyal Customers,2-4,2-4,2-4
Promising,3-4,1-3,3-5
New Customers,4-5,1-3,1-5
Can't Lose Them,1-2,3-4,4-5
At Risk,1-2,2-5,4-5
Need Attention,1-3,3-5,3-5
About To Sleep,2-3,1-3,1-4
Lost,1,1-5,1-5
Others,1-5,1-5,1-5
EOF

# ---- rfm_data_orders ----

orders=$REFERENCE/data/rfm_data_orders.csv.gz
at=(--as-of 2006-12-31 --frequency rows)
package=(--r-cuts '114,180,297,481' --f-cuts '3,4,5,7' --m-cuts '255,381,506,665')
golden rfm_data_orders >golden.csv
rfm "$orders" "${at[@]}" --cuts-out cuts.csv >plain.csv
rfm "$orders" "${at[@]}" "${package[@]}" >scores.csv
rfm "$orders" "${at[@]}" "${package[@]}" --segments package.csv --summary >summary.csv
rfm "$orders" "${at[@]}" --segments package.csv --summary >plain-summary.csv
rfm "$orders" "${at[@]}" "${package[@]}" --segments package.csv >segments.csv

check rfm_data_orders.cuts cuts_are cuts.csv 'r 114 180 296.4 481' 'f 3 4 5 7' 'm 254.8 381 505.4 665'
check rfm_data_orders.cuts_of_package same_cuts rfm_data_orders cuts.csv
check rfm_data_orders.scores same_table golden.csv scores.csv 7
check rfm_data_orders.three_scores_by_plain_quantiles test \
	"$(same_table golden.csv plain.csv 7 | cut -d: -f1 | sort | tr '\n' ,)" = \
	'Jerold Sporer,Katlyn Mann,Skylar Hoeger,'
check rfm_data_orders.segment_of_each_customer diff \
	<(cut -d, -f1,9 golden.csv | tail -n +2 | sort) <(cut -d, -f1,10 segments.csv | tail -n +2 | sort)
check rfm_data_orders.segments segments_are summary.csv '35 31646' '342 204856' '170 76562' \
	'9 4249' '104 28837' '47 32446' '28 22227' '10 4562' '102 23449' '148 35324'
check rfm_data_orders.segments_by_plain_quantiles test \
	"$(awk -F, 'NR > 1 { printf "%s ", $2 }' plain-summary.csv)" = \
	'35 341 171 9 104 48 28 10 101 148 0 '

# ---- cdnow_master ----

master=$REFERENCE/data/cdnow_master.csv.gz
golden cdnow_master_rfm >golden.csv
rfm "$master" --as-of 1998-07-01 --frequency rows --cuts-out cuts.csv >ours.csv
check cdnow_master.cuts_of_package same_cuts cdnow_master_rfm cuts.csv
check cdnow_master.recency_frequency_monetary same_table golden.csv ours.csv 4

# ---- rfm_data_customer: one row per customer, so made a customers table first ----

gzip -dc "$REFERENCE/data/rfm_data_customer.csv.gz" | tr -d '"' | awk -F, '
	NR == 1 {
		print "customer,first_purchase,last_purchase,orders,purchase_days,gross_revenue,first_day_revenue,returns,revenue,as_of"
		next
	}
	{ print $1 "," $3 "," $3 "," $4 ",1," $2 "," $2 ",0," $2 ",2007-01-01" }' >customers.csv
golden rfm_data_customer >golden.csv
rfm customers.csv --cuts-out cuts.csv >plain.csv
rfm customers.csv --r-cuts "$(whole_cuts rfm_data_customer recency)" \
	--f-cuts "$(whole_cuts rfm_data_customer frequency)" \
	--m-cuts "$(whole_cuts rfm_data_customer monetary)" --segments package.csv >scores.csv
check rfm_data_customer.cuts_of_package same_cuts rfm_data_customer cuts.csv
check rfm_data_customer.scores same_table golden.csv scores.csv 7
check rfm_data_customer.segment_of_each_customer diff \
	<(cut -d, -f1,9 golden.csv | tail -n +2 | sort) <(cut -d, -f1,10 scores.csv | tail -n +2 | sort)
