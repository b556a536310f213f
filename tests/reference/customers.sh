#!/bin/bash
# patron customers against the sufficient statistics that BTYD and BTYDplus compute on CDNOW, every
# customer, calibration and holdout together.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

# compare SET ID: cbs.csv has customer_id, first, x, last, t_x, T_cal, x_star, m_x, m_all, sales_cal,
# sales_star.
compare() {
	gzip -dc "$REFERENCE/golden/clv_$1/cbs.csv.gz" | tr -d '"' >cbs.csv
	"$PATRON" customers "$REFERENCE/data/$1.csv.gz" --customer customer_id --as-of 1998-07-01 >ours.csv
	awk -F, '
		function cents(v) { return sprintf("%.0f", v * 100) }
		FNR == 1 { next }
		NR == FNR { first[$1] = $2; days[$1] = $3 + 1 + $7; revenue[$1] = cents($10 + $11); n++; next }
		{
			wrong_first += first[$1] != $2
			wrong_days += days[$1] != $5
			wrong_revenue += revenue[$1] != cents($10)
			n--
		}
		END {
			print "first_purchase", wrong_first + 0
			print "purchase_days", wrong_days + 0
			print "revenue", wrong_revenue + 0
			print "number_of_customers", n + 0
		}' cbs.csv ours.csv | while read -r what n_wrong; do
		if [ "$n_wrong" = 0 ]; then
			echo "ok $1.$what"
		else
			echo "not ok $1.$what: of $n_wrong customers"
		fi
	done
}

compare cdnow_master
compare cdnow_sample

# The last purchase from the R package's recency, which is days up to 1998-07-01.
"$PATRON" customers "$REFERENCE/data/cdnow_master.csv.gz" --as-of 1998-07-01 >ours.csv
wrong=$(gzip -dc "$REFERENCE/golden/cdnow_master_rfm/rfm_table.csv.gz" | tr -d '"' | awk -F, '
	# Days since 1997-01-01, in which year and a half all of CDNOW lies.
	function day_number(date, parts) {
		split(date, parts, "-")
		return (parts[1] - 1997) * 365 + before[parts[2] + 0] + parts[3]
	}
	BEGIN { split("0 31 59 90 120 151 181 212 243 273 304 334", before, " ") }
	FNR == 1 { next }
	NR == FNR { recency[$1] = $2; next }
	day_number("1998-07-01") - day_number($3) != recency[$1] { n++ }
	END { print n + 0 }' - ours.csv)
if [ "$wrong" = 0 ]; then
	echo "ok cdnow_master.last_purchase"
else
	echo "not ok cdnow_master.last_purchase: of $wrong customers"
fi
