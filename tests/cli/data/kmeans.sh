# shuffled FILE SEED: its rows in another order, below the header.
shuffled() {
	head -1 "$1"
	tail -n +2 "$1" | awk -v seed="$2" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f2-
}
