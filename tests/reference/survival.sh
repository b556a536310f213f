#!/bin/bash
# patron survival against the package survival 3.5 for R, on its data set lung and on telco_churn.
#
# Its Newton steps for Cox regression stop once the likelihood moves by less than 1e-9 of itself:
# coefficients are then good to some 1e-7 of their standard errors, not to the last digit.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

lung() {
	"$PATRON" survival -q "$REFERENCE/data/lung.csv.gz" --time time --event status --event-value 2 "$@"
}

telco() {
	"$PATRON" survival -q "$REFERENCE/data/telco_churn.csv.gz" --time tenure --event Churn "$@"
}

# same_curves FOLDER GROUP SCALE COLUMN COMMAND...: every time of every curve. COLUMN is that of the
# lower limit in the package's table. Its limits where survival is 1 or 0 are not ours.
same_curves() {
	local folder=$1 group=$2 scale=$3 column=$4
	shift 4
	local options=(--conf-type "$scale")
	[ "$group" = overall ] || options+=(--group "$group")
	"$@" "${options[@]}" >ours.csv
	tr -d '"' <"$REFERENCE/golden/$folder/km_curves.csv" |
		awk -F, -v group="$group" -v low="$column" '
		function differs(a, b, d) {
			d = a - b
			return (d < 0 ? -d : d) > 1e-9 * (b < 0 ? -b : b)
		}
		NR == FNR {
			if ($1 == group) {
				stratum = $2
				sub(/^[^=]*=/, "", stratum)
				theirs[stratum "," $3 + 0] = $0
				left++
			}
			next
		}
		FNR == 1 { next }
		{
			key = $1 "," $2 + 0
			if (!(key in theirs)) { print key ": one more"; next }
			split(theirs[key], t, ",")
			left--
			if ($3 != t[4] || $4 != t[5] || $5 != t[6]) print key ": counts"
			if (differs($6, t[7]) || differs($10, t[9]) || differs($11, t[10])) print key ": estimates"
			if ($6 > 0 && differs($7, t[8])) print key ": standard error"
			if ($6 > 0 && $6 < 1 && (differs($8, t[low]) || differs($9, t[low + 1]))) print key ": interval"
			if (($6 == 0 || $6 == 1) && $8 $9 != "") print key ": an interval"
		}
		END { if (left != 0) print left " times missing" }' - ours.csv
}

# near TOLERANCE WANTED COMMAND...: the numbers it prints, joined by blanks, within a relative
# tolerance.
near() {
	local tolerance=$1 wanted=$2
	shift 2
	"$@" | tr '\n' ' ' | awk -v tolerance="$tolerance" -v wanted="$wanted" '{
		n = split(wanted, w, " ")
		if (n != NF) print NF " numbers, not " n
		for (i = 1; i <= NF; i++) {
			d = $i - w[i]
			if ((d < 0 ? -d : d) > tolerance * (w[i] < 0 ? -w[i] : w[i]))
				print $i ", not " w[i]
		}
	}'
}

# columns FROM TO COMMAND...: of all rows; an empty cell is a dash.
columns() {
	local from=$1 to=$2
	shift 2
	"$@" | awk -F, -v from="$from" -v to="$to" 'NR > 1 {
		for (i = from; i <= to; i++) print ($i == "" ? "-" : $i)
	}'
}

check lung.curves.log same_curves lung_survival overall log 13 lung
check lung.curves.log-log same_curves lung_survival overall log-log 15 lung
check lung.curves.plain same_curves lung_survival overall plain 11 lung
check lung.curves.sex same_curves lung_survival sex log 13 lung
check lung.curves.ph.ecog same_curves lung_survival ph.ecog log-log 15 lung
check telco.curves same_curves telco_survival overall log 13 telco
check telco.curves.Contract same_curves telco_survival Contract log 13 telco
check telco.curves.InternetService same_curves telco_survival InternetService plain 11 telco

check lung.median near 0 "228 165 310 285 363" columns 2 6 lung --summary
check lung.median.sex near 0 "138 112 270 212 310 90 53 426 348 550" columns 2 6 lung --summary --group sex
check lung.median.plain near 0 "228 165 310 284 361" columns 2 6 lung --summary --conf-type plain
check lung.median.ph.ecog near 0 "63 37 394 348 574 113 82 306 268 429 50 44 199 156 288 1 1 118 - -" \
	columns 2 6 lung --summary --group ph.ecog
check telco.median.Contract near 0 "3875 1655 35 32 38 1473 166 - 72 - 1695 48 - - -" \
	columns 2 6 telco --summary --group Contract
check lung.rmst near 1e-9 "376.27474614785 19.7077914213399" columns 7 8 lung --summary
check lung.rmst.365 near 1e-9 "263.221866482007 7.79885908631446" columns 7 8 lung --summary --rmst-to 365
check telco.rmst.Contract near 1e-9 \
	"36.2978999018954 0.560005205785306 66.4174719811293 0.400060588426619 71.540328450349 0.0823749294554223" \
	columns 7 8 telco --summary --group Contract

check lung.logrank.sex near 1e-9 \
	"138 112 91.5817390295728 10.3267419548856 1 0.00131116452035549 90 53 73.4182609704272 10.3267419548856 1 0.00131116452035549" \
	columns 2 7 lung --test --group sex
check lung.logrank.ph.ecog near 1e-9 \
	"54.1526970189229 21.962131682476 3 6.64253535580017e-05 83.5275645750819 21.962131682476 3 6.64253535580017e-05 26.1473530653302 21.962131682476 3 6.64253535580017e-05 0.172385340664962 21.962131682476 3 6.64253535580017e-05" \
	columns 4 7 lung --test --group ph.ecog
check telco.logrank.InternetService near 1e-9 \
	"648.62721320463 520.120608184504 2 1.1408931448715e-113 831.881864700022 520.120608184504 2 1.1408931448715e-113 388.490922095348 520.120608184504 2 1.1408931448715e-113" \
	columns 4 7 telco --test --group InternetService

coefficients() {
	"$@" | awk -F, 'NR > 1 && $8 != "" { print $2, $4 }'
}

estimates() {
	coefficients "$@" | cut -d' ' -f1
}

# notes NAMES COMMAND...: the values below the terms.
notes() {
	local names=$1
	shift
	"$@" | awk -F, -v names="$names" 'BEGIN { n = split(names, name, " ") } { value[$1] = $2 }
		END { for (i = 1; i <= n; i++) print value[name[i]] }'
}

likelihoods="log_likelihood_null log_likelihood likelihood_ratio_test concordance n events left_out"
check lung.cox.age_sex near 1e-6 "0.01704533 0.00922327 -0.51321852 0.16745796" \
	coefficients lung --cox age,sex
check lung.cox.age_sex.notes near 1e-6 "-749.9098 -742.8482 0.602853" \
	notes "log_likelihood_null log_likelihood concordance" lung --cox age,sex
check lung.cox.age_sex.breslow near 1e-6 "0.01701289 -0.51256479" \
	estimates lung --cox age,sex --ties breslow
check lung.cox near 1e-6 \
	"0.0110667645600735 0.00926741101370053 -0.552612395703631 0.167739053787264 0.463728475370428 0.113577266161997" \
	coefficients lung --cox age,sex,ph.ecog
check lung.cox.notes near 1e-9 \
	"-744.48045576144 -729.230121374862 30.5006687731566 0.637135493000455 227 164 1" \
	notes "$likelihoods" lung --cox age,sex,ph.ecog
check telco.cox near 1e-8 \
	"0.0465478328519409 0.0548926068780209 -0.628132178936585 0.0499026840836061 0.00111585953962507 0.00092498333264573 -2.1310738609788 0.084214698956041 -4.10794831553285 0.158514839576859" \
	coefficients telco --cox SeniorCitizen,Partner,MonthlyCharges,Contract
check telco.cox.notes near 1e-9 \
	"-15653.0396351115 -14260.823730921 2784.43180838094 0.80466267015861 7043 1869 0" \
	notes "$likelihoods" telco --cox SeniorCitizen,Partner,MonthlyCharges,Contract
check telco.cox.breslow near 1e-8 \
	"0.0452501740906149 0.0548735778695916 -0.617838066881275 0.0499571079329656 0.00121312298709022 0.000926985966032751 -2.11681798522598 0.0842405645532994 -4.08706316082537 0.158322004651128" \
	coefficients telco --cox SeniorCitizen,Partner,MonthlyCharges,Contract --ties breslow
