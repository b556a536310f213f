#!/bin/bash
# patron kmeans against the best partitions that R's kmeans and scikit-learn found, of the iris flowers
# and of customers, in thousands of starts.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

golden=$REFERENCE/golden

features() {
	zcat "$golden/$1/input.csv.gz" | head -1 | tr -d '"'
}

# summary FOLDER OPTION...: of the columns as they are.
summary() {
	local folder=$1
	shift
	"$PATRON" kmeans -q "$golden/$folder/input.csv.gz" --summary "$@"
}

# known FOLDER K COLUMN: what is known of the best partition into k.
known() {
	tr -d '"' <"$golden/$1/best_known.csv" | awk -F, -v k="$2" -v column="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i; next }
		$1 == k { print $at }'
}

# as_good FOLDER TOLERANCE OPTION...: for 2 to 10 clusters, no inertia is larger than the best known.
as_good() {
	local folder=$1 tolerance=$2 k
	shift 2
	for k in 2 3 4 5 6 7 8 9 10; do
		summary "$folder" -k "$k" --scale none --features "$(features "$folder")" "$@" |
			awk -F, -v k="$k" -v best="$(known "$folder" "$k" best_known_inertia)" \
				-v tolerance="$tolerance" '
				NR > 1 { inertia += $4 }
				END {
					if (!(inertia <= best * (1 + tolerance)))
						printf "k = %d: inertia %.15g, best known %s\n", k, inertia, best
				}'
	done
}

# model FOLDER K: the best known labels as a saved model.
model() {
	paste -d, <(zcat "$golden/$1/best_labels.csv.gz" | cut -d, -f"$(($2 - 1))") \
		<(zcat "$golden/$1/input.csv.gz") | tr -d '"' | awk -F, '
		NR == 1 { for (f = 2; f <= NF; f++) name[f] = $f; next }
		{
			n[$1]++
			for (f = 2; f <= NF; f++) sum[$1, f] += $f
			if ($1 > last) last = $1
		}
		END {
			print "cluster,feature,centre,size,inertia,scale,log,weight,shift,spread,clusters"
			for (c = 0; c <= last; c++)
				for (f = 2; f in name; f++)
					printf "%d,%s,%.17g,%d,0,none,no,1,0,1,%d\n", c + 1, name[f], sum[c, f] / n[c], n[c], last + 1
		}'
}

# same_silhouettes FOLDER: of the best known labels.
same_silhouettes() {
	local k
	for k in 2 3 4 5 6 7 8 9 10; do
		model "$1" "$k" >model.csv
		summary "$1" --model model.csv --silhouette |
			awk -F, -v k="$k" -v known="$(known "$1" "$k" best_silhouette)" '
				NR > 1 && $2 == 0 { print "an empty cluster" }
				NR > 1 { n += $2; sum += $2 * $(NF - 1) }
				END {
					d = sum / n - known
					if (!(d <= 1e-6 && d >= -1e-6))
						printf "k = %d: silhouette %.15g, known %s\n", k, sum / n, known
				}'
	done
}

# iris SCALE INERTIA SIZES: of three clusters.
iris() {
	summary kmeans_iris_raw -k 3 --scale "$1" --features "$(features kmeans_iris_raw)" |
		awk -F, -v expected="$2" -v sizes="$3" '
			NR > 1 { inertia += $4; found = found " " $2 }
			END {
				if (sprintf("%.4f", inertia) != expected || found != " " sizes)
					print inertia found ", not " expected " " sizes
			}'
}

if [ ! -d "$golden/kmeans_iris_raw" ]; then
	echo "skip kmeans: no reference data"
	exit
fi
for folder in kmeans_iris_raw kmeans_iris_z kmeans_rfm_data_orders_z; do
	check "kmeans: $folder, default starts" as_good "$folder" 1e-3
	check "kmeans: $folder, 1000 starts" as_good "$folder" 1e-9 --starts 1000
	check "kmeans: $folder, silhouettes" same_silhouettes "$folder"
done
check "kmeans: iris, raw" iris none 78.8514 "62 50 38"
check "kmeans: iris, z-scored" iris zscore 138.8884 "53 50 47"
