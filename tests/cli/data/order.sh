# For order.case: what one export gives, and whether another says the same.

# messy SEED [SHUFFLE [PARTS]]
messy() {
	awk -v n=6000 -v seed="$1" -v shuffle="${2-}" -v parts="${3-}" -f data/messy.awk 2>/dev/null
}

# all ARGUMENT...: the output of each kind of run.
all() {
	patron customers "$@" -q --rejects rejects.csv &&
		patron rfm "$@" -q --rejects rejects.csv --cuts-out cuts.csv &&
		patron rfm "$@" -q --rejects rejects.csv --frequency days --bins 10 &&
		patron rfm "$@" -q --rejects rejects.csv --summary &&
		patron rfm "$@" -q --rejects rejects.csv -f json --top 50 --by monetary &&
		cat cuts.csv
}

same() {
	all "$@" | cmp - expected || echo "differs: $*"
}
