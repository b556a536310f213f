# A shop of which the truth is known: -v n=CUSTOMERS -v end=DAYS -v churn=DAYS -v most=DAYS
#
# Customers start on days 0 to end - 1. After each purchase one of three customers stops with
# probability 1/2, the others with 1/8; who does not stop buys again after 1 to most days. Some of
# the purchases are sent back later. Writes what happened before day end, as transactions with
# seconds since 1970, and
#
#	truth.csv	day,share: customers of whom it is known after so many days that they stopped
#			are not in the share (churn days after their last purchase of all)
#	lives.csv	time,lost: of each customer, by the rule, from what happened before day end
function uniform() {
	seed = seed * 16807 % 2147483647
	return seed / 2147483647
}

function write(day, amount) {
	if (day < end)
		print customer "," day * 86400 "," amount
}

BEGIN {
	seed = 20240719
	print "customer,date,amount"
	print "time,lost" > "lives.csv"
	for (customer = 1; customer <= n; customer++) {
		stops = customer % 3 == 0 ? 1 / 2 : 1 / 8
		first = day = int(end * uniform())
		while (1) {
			write(day, 10)
			if (uniform() < 1 / 10)
				write(day + int(200 * uniform()), -5)
			if (day < end)
				seen = day
			if (uniform() < stops)
				break
			day += 1 + int(most * uniform())
		}
		lost = seen + churn <= end - 1
		until = lost ? seen + churn : end - 1
		print until - first "," lost > "lives.csv"
		lived[day + churn - first]++
	}
	left = n
	print "day,share" > "truth.csv"
	for (day = 0; day < end; day++) {
		left -= lived[day]
		print day "," left / n > "truth.csv"
	}
}
