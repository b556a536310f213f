# An export as exports are: awk -v n=ROWS -v seed=N [-v shuffle=N] [-v parts=N] -f messy.awk
#
# Rows go to standard output, or to part1.csv, part2.csv, ... where every second one has its columns
# the other way round. shuffle puts them into another order; the rows are those of n and seed. The
# last line on standard error says how many rows there are. No rand(), which differs between awks.

function random(below) {
	state = state * 16807 % 2147483647
	return state % below
}

function quoted(text) {
	gsub(/"/, "\"\"", text)
	return "\"" text "\""
}

function customer(k) {
	k = random(1000)
	if (k < 10) return k % 2 ? "" : "\"\""
	k = random(int(n / 8) + 1)
	if (k % 97 == 0) return quoted("Müller, \"" k "\"")
	if (k % 89 == 0) return "顾客" k
	if (k % 83 == 0) return "  C" k "\t"
	if (k % 79 == 0) return quoted(" C" k)
	if (k % 73 == 0) return "customer-with-a-very-long-id-" k * k
	return "C" k
}

function day(k, d) {
	k = random(1000)
	d = sprintf("%04d-%02d-%02d", 2022 + random(3), random(12) + 1, random(28) + 1)
	if (k < 4) return ""
	if (k < 8) return "2023-02-30"
	if (k < 12) return "13/01/2024"
	if (k < 16) return "n/a"
	return k < 200 ? d "T10:15:00" : k < 250 ? quoted(d) : d
}

function amount(k) {
	k = random(1000)
	if (k < 3) return ""
	if (k < 6) return "x"
	if (k < 9) return quoted("12,50")
	if (k < 12) return "1e5"
	if (k < 14) return "0.1234567"
	if (k < 16) return "99999999999999999"
	return (k < 80 ? "-" : "") random(500) (k < 900 ? sprintf(".%02d", random(100)) : "")
}

function order(k) {
	k = random(500)
	return k < 2 ? "" : "O" random(int(n / 3) + 1)
}

function note(k, text) {
	k = random(60)
	if (k == 0) return quoted("two\nlines")
	if (k == 1) return quoted("say \"hello\", twice")
	if (k == 2) {
		text = sprintf("%" 1 + random(600) "s", "")
		gsub(/ /, "long ", text)
		return quoted(text)
	}
	return k < 30 ? "" : "plain"
}

function row(flip, c, i, text) {
	for (i = 1; i <= 6; i++)
		text = i == 1 ? c[flip ? 6 : 1] : text "," c[flip ? 7 - i : i]
	return text
}

BEGIN {
	names[1] = "customer_id"; names[2] = "order_date"; names[3] = "amount"
	names[4] = "order_id"; names[5] = "channel"; names[6] = "note"
	channels[0] = "web"; channels[1] = "shop"; channels[2] = "\"phone, fax\""; channels[3] = ""
	state = seed * 7919 + 17
	for (i = 0; i < n; i++) {
		f[1] = customer(); f[2] = day(); f[3] = amount(); f[4] = order()
		f[5] = channels[random(4)]; f[6] = note()
		k = random(300)
		straight[i] = k == 0 ? "short,row" : k == 1 ? row(0, f) ",too,long" : \
			k == 2 ? "C\"1,2024-01-01,5,O1,web,stray" : \
			k == 3 ? "C\3511,2024-01-01,5,O1,web,latin" : row(0, f)
		flipped[i] = k < 4 ? straight[i] : row(1, f)
		place[i] = i
	}
	if (shuffle) {
		state = shuffle * 104729 + 5
		for (i = n - 1; i > 0; i--) {
			j = random(i + 1)
			t = place[i]; place[i] = place[j]; place[j] = t
		}
	}
	if (!parts)
		print row(0, names)
	for (p = 1; p <= parts; p++)
		print row(p % 2 == 0, names) > ("part" p ".csv")
	for (i = 0; i < n; i++) {
		p = parts ? i % parts + 1 : 0
		text = (p && p % 2 == 0 ? flipped[place[i]] : straight[place[i]]) (i % 5 == 0 ? "\r" : "")
		if (p)
			print text > ("part" p ".csv")
		else
			print text
		k = random(400)
		if (!p && k == 0) print k % 2 ? "" : " \t"
		if (!p && k == 1) print row(0, names)
	}
	print n " rows" > "/dev/stderr"
}
