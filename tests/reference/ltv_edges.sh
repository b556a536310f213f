#!/bin/bash
# patron ltv where the best fit lies at the edge of a model: the first weeks of CDNOW, in which
# nobody can be seen to leave, and rfm_data_orders, whose customers leave alike.
#
# The maxima are from scipy 1.10 (Nelder-Mead, tolerances of 1e-10), on the likelihoods that are left
# in the limit, written down from the papers: NBD; Poisson orders with exponential lifetimes (Pareto/NBD)
# or geometric ones (MBG/NBD); NBD with geometric ones (BG/NBD). Where nobody leaves, lifetimes 0.11.3's
# likelihoods with parameters up to e^12 have their maxima there too; beyond, theirs rise by 5 and more,
# because differences of gamma functions of 1e11 have no digits left.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

# base NAME OPTION...: a customer base.
base() {
	local name=$1
	shift
	case $name in
	rfm) "$PATRON" ltv "$REFERENCE/data/rfm_data_orders.csv.gz" --order none "$@" ;;
	*) "$PATRON" ltv "$REFERENCE/data/cdnow_sample.csv.gz" --customer customer_id --order none \
		--until "$name" --as-of "$name" "$@" ;;
	esac
}

# ends BASE MODEL WORDS LOG-LIKELIHOOD [PARAMETER VALUE]...: the fit says where it lies, is within .01 of
# the best, and its parameters within 1e-4.
ends() {
	local base=$1 model=$2 words=$3 best=$4
	shift 4
	base "$base" --model "$model" --params >params.csv 2>said || echo "exit $?"
	grep -qF "$words" said || echo "said: $(grep warning said)"
	! grep -qiE 'nan|inf' params.csv || echo "not a number"
	awk -F, -v model="$model" -v best="$best" -v wanted="$*" '
		$1 == model { value[$2] = $3 }
		END {
			d = value["log_likelihood"] - best
			if (!(d > -.01 && d < .02)) print "log-likelihood " value["log_likelihood"] ", not " best
			n = split(wanted, w, " ")
			for (i = 1; i < n; i += 2) {
				d = value[w[i]] - w[i + 1]
				if ((d < 0 ? -d : d) > 1e-4 * w[i + 1]) print w[i] " " value[w[i]] ", not " w[i + 1]
			}
		}' params.csv
}

# scored BASE MODEL ALIVE: every customer has its figures, all numbers; ALIVE is what awk shall say
# of each P(alive), $6.
scored() {
	base "$1" --model "$2" -q >scores.csv || echo "exit $?"
	awk -F, -v alive="$3" '
		NR == 1 { next }
		{
			for (i = 2; i <= NF; i++)
				if (i != 5 && $i !~ /^[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/) print $1 ": " $i
			if ($6 < 0 || $6 > 1 || (alive == "all" && $6 != 1)) print $1 ": P(alive) " $6
			if (!($7 > 0 || $6 < 1e-9)) print $1 ": no orders"
			n++
		}
		END { if (!n) print "nobody" }' scores.csv
}

none='no drop-out is visible in these data'
alike='customers do not differ in how they drop out'
rates='customers do not differ in how often they order'

for model in bgnbd mbgnbd pnbd; do
	check "1997-01-20.$model" ends 1997-01-20 "$model" "$none" -140.967848353 r .5061082 alpha 8.0241571
	check "1997-01-20.$model.scored" scored 1997-01-20 "$model" all
done
for model in mbgnbd pnbd; do
	check "1997-02-05.$model" ends 1997-02-05 "$model" "$none" -480.489091655 r .4051037 alpha 6.7116739
	check "1997-02-05.$model.scored" scored 1997-02-05 "$model" all
done
check rfm.bgnbd ends rfm bgnbd "$alike" -17289.724363 r 84.6900865 alpha 2357.96833
check rfm.mbgnbd ends rfm mbgnbd "$rates" -17306.085807
check rfm.mbgnbd.probability ends rfm mbgnbd "$alike: a and b run off, and each leaves after a purchase with probability 0.03154" -17306.085807
check rfm.pnbd ends rfm pnbd "$alike: s and beta run off, and each leaves at the rate of 0.0011 a week" -17306.085807
check rfm.pnbd.rate ends rfm pnbd "$rates: r and alpha run off, and each orders 0.03377 times a week" -17306.085807
for model in bgnbd mbgnbd pnbd; do
	check "rfm.$model.scored" scored rfm "$model" some
done
